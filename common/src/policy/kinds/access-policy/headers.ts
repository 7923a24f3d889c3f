/** Written by proxies, holding credentials, or claiming who calls: whoever sends one can send any value. */
const CLAIMED =
  /^(?:x-paymesh-.*|x-envoy-.*|x-forwarded-.*|forwarded|client-cert(?:-chain)?|authorization|proxy-authorization|cookie|host|connection|te|transfer-encoding|content-length|x-real-ip|x-request-id)$/;

/** True for a lower-case name that no condition of access may rest on. */
export function isClaimedHeader(name: string): boolean {
  return CLAIMED.test(name);
}
