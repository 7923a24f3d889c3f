/**
 * Index just after the bracket that closes the one at `start`, strings in double quotes passed over as in JSON.
 * `start` itself when no bracket opens there, -1 when none closes. It looks at brackets and quotes only.
 */
export function endOfNested(text: string, start: number): number {
  if (!'{['.includes(text.charAt(start) || '-')) return start;
  let depth = 0;
  const parts = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]"]/gs;
  parts.lastIndex = start;
  for (let part = parts.exec(text); part !== null; part = parts.exec(text)) {
    if (part[0] === '"') return -1;
    if ('{['.includes(part[0])) depth += 1;
    else if ('}]'.includes(part[0])) depth -= 1;
    if (depth === 0) return parts.lastIndex;
  }
  return -1;
}
