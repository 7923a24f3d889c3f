/** Enough to tell a name from an address: a name has a letter and no colon. */
export function isHostName(address: string): boolean {
  return !IP_ADDRESS.test(address);
}

const IP_ADDRESS = /^[\d.]+$|:/;

/** Where a proxy that is known by `address` listens: a name stands for any number of addresses, so on all of its own. */
export function bindAddress(address: string): string {
  return isHostName(address) ? '0.0.0.0' : address;
}
