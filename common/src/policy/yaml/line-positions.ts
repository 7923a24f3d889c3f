/** Line and column, both from 1, of an offset in a text. */
export type LinePositions = (offset: number) => { readonly line: number; readonly column: number };

/**
 * Tells where an offset of a text is. Own code, for the LineCounter of `yaml` misses the first line end of a file
 * that begins with an alias and a colon (`*a: b`), and then every finding below stands one line too high.
 */
export function createLinePositions(text: string): LinePositions {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
