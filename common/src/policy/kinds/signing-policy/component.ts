import { didYouMean, format, type Reader } from '../../schema/index.ts';
import type { CoverageName } from '../../types.ts';

/** What must be covered, by what the request is for; `content-digest` stands for the body. */
export const coverages: Readonly<Record<CoverageName, readonly string[]>> = {
  'payment-write': ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'],
  'payment-read': ['"@method"', '"@authority"', '"@path"', '"@query"'],
  webhook: ['"@method"', '"@authority"', '"@path"', '"content-digest"'],
};

const DERIVED = ['@method', '@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query'];
const IDENTIFIER =
  /^("?)(@?[a-z0-9!#$%&'*+.^_`|~-]{1,128})\1((?:;(?:sf|bs|(?:key|name)="[ !#-[\]-~]{1,256}"))*)$/;

/** A component identifier of RFC 9421 section 2, quotes optional: `"@method"`, `x-amount`, `@query-param;name="id"`. */
export const component: Reader<string> = format({
  code: 'PM2113',
  expected: 'a component identifier of RFC 9421, such as "@method", "content-digest" or "x-amount"',
  parse: (typed) => {
    const [, , name = '', flags = ''] = IDENTIFIER.exec(typed) ?? [];
    const params = flags.split(';').slice(1).toSorted();
    return isIdentifier(name, params) ? `"${name}"${params.map((param) => `;${param}`).join('')}` : undefined;
  },
  hint: (typed) => didYouMean(typed, DERIVED),
});

function isIdentifier(name: string, params: readonly string[]): boolean {
  const kinds = params.map((param) => param.split('=', 1)[0]);
  if (name === '' || new Set(kinds).size < kinds.length) return false;
  if (name === '@query-param') return kinds.length === 1 && kinds[0] === 'name';
  if (name.startsWith('@')) return kinds.length === 0 && DERIVED.includes(name);
  // bs takes the lines as they are, sf and key their structure.
  return !kinds.includes('name') && !(kinds.includes('bs') && kinds.length > 1);
}
