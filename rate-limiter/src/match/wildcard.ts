/**
 * Compiles a pattern in which each `*` stands for zero or more of any character.
 * Linear in the text: the parts between stars are looked for from left to right, none is tried twice.
 */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return (text) => text === pattern;
  const inner = parts.slice(1, -1).filter((part) => part !== '');
  const shortest = parts.reduce((sum, part) => sum + part.length, 0);
  return (text) =>
    text.length >= shortest &&
    text.startsWith(first) &&
    text.endsWith(last) &&
    holdsInOrder(text, inner, first.length, text.length - last.length);
}

function holdsInOrder(text: string, parts: readonly string[], start: number, end: number): boolean {
  let from = start;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
