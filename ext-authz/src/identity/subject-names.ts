/**
 * The URI and DNS names of a certificate from the text that node:crypto makes of its subjectAltName. An entry with
 * odd characters stands in JSON quotes there, so that none can pass for two; an entry that is not read is left out.
 */
export function subjectNames(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const names: string[] = [];
  for (const [, kind, quoted, plain] of text.matchAll(ENTRY)) {
    if (kind !== 'URI' && kind !== 'DNS') continue;
    const name = quoted === undefined ? plain : unquote(quoted);
    if (name !== undefined) names.push(name);
  }
  return names;
}

const ENTRY = /(?:^|, )([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^",]*))(?=, |$)/g;

function unquote(quoted: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(quoted);
    return typeof parsed === 'string' ? parsed : undefined;
  } catch {
    // No name that a policy could hold.
    return undefined;
  }
}
