/** A bit for each field number, for `WireReader.skip`. */
export function bitsOf(...fields: readonly number[]): number {
  return fields.reduce((bits, field) => bits | (1 << field), 0);
}
