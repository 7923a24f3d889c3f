/** What Stripe signs: the timestamp as typed, a full stop, the very bytes of the body. Digits hold no full stop: one text, one pair. */
export function signedBytes(timestamp: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${timestamp}.`, 'latin1'), body]);
}
