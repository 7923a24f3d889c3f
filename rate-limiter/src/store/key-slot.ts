const SLOTS = 16_384;
/** CRC-16/XMODEM, as the Redis Cluster Specification names it. */
const POLYNOMIAL = 0x1021;

/** The slot of a key in a Redis cluster: that of its hash tag, where it has one. */
export function keySlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashTag(key))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ POLYNOMIAL) & 0xffff;
    }
  }
  return crc % SLOTS;
}

/** What stands between the first brace and the next closing one; all of the key where that is nothing. */
export function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}
