/** The text with a dot for each character that could steer the terminal it is shown on, or turn its order round. */
export function printable(text: string): string {
  let shown = '';
  for (const char of text) shown += isControl(char) ? '·' : char;
  return shown;
}

function isControl(char: string): boolean {
  const point = char.codePointAt(0) ?? 0;
  const isBidirectional = (point >= 0x20_2a && point <= 0x20_2e) || (point >= 0x20_66 && point <= 0x20_69);
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || isBidirectional;
}
