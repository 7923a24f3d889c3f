/** Slots; a power of two. Names of headers, methods, schemes and policies are a few dozen texts. */
const SLOTS = 512;
/** Longer texts are hardly ever the same twice. */
const MAX_BYTES = 40;

/** Remembers short ASCII texts, so that those which come with every request are not made anew each time. */
export interface TextTable {
  /** The text of these bytes if it is remembered. */
  find(bytes: Buffer, start: number, end: number): string | undefined;
  /** Remembers a text in place of another. It must be ASCII. */
  put(bytes: Buffer, start: number, end: number, text: string): void;
}

/** A table of bounded size, whatever is put in. */
export function createTextTable(): TextTable {
  const slots: string[] = Array.from({ length: SLOTS }, () => '');
  return {
    find: (bytes, start, end) => {
      if (end - start > MAX_BYTES) return undefined;
      const text = slots[slotOf(bytes, start, end)];
      return text !== undefined && isText(text, bytes, start, end) ? text : undefined;
    },
    put: (bytes, start, end, text) => {
      if (end - start <= MAX_BYTES) slots[slotOf(bytes, start, end)] = text;
    },
  };
}

/** From the length and three of the bytes: a wrong guess only costs the time that is saved otherwise. */
function slotOf(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  const middle = bytes[(start + end) >> 1] ?? 0;
  const last = bytes[end - 1] ?? 0;
  return (first * 31 + middle * 7 + last * 131 + (end - start) * 17) & (SLOTS - 1);
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
