/** Stands in a template where the number is to be; as long as the numbers. */
export const NUMBER = 'QQQQQQQQ';

/**
 * Makes the same bytes again and again with another number in each place where `NUMBER` stands: a million messages in the
 * time of one. The same buffer each time, so what keeps hold of it is found out.
 */
export function createNumberedBytes(template: Uint8Array): (number: number) => Buffer {
  const bytes = Buffer.from(template);
  const places: number[] = [];
  for (let at = bytes.indexOf(NUMBER); at >= 0; at = bytes.indexOf(NUMBER, at + 1)) places.push(at);
  if (places.length === 0) throw new Error(`the template has no ${NUMBER}`);
  return (number) => {
    const digits = String(number).padStart(NUMBER.length, '0');
    for (const at of places) bytes.write(digits, at, 'latin1');
    return bytes;
  };
}
