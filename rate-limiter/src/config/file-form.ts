import { isMap, isScalar, parseAllDocuments } from 'yaml';

import { scalarText } from './scalar.ts';
import type { ConfigFile } from './yaml-reader.ts';

const POLICY_KEYS: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
/** A key of a root map in block style stands at the beginning of a line. */
const POLICY_LINE = /^["']?(?:apiVersion|kind)["']?\s*:/m;

/**
 * True for a file of policies: a document of it has `apiVersion` or `kind` at its root. All else is
 * read as a file of envoyproxy/ratelimit, so that a misspelt `domain` is told as what it is.
 */
export function isPolicyFile({ text }: ConfigFile): boolean {
  if (POLICY_LINE.test(text)) return true;
  return text.includes('{') && text.includes('apiVersion') && hasPolicyRoot(text);
}

/** For roots in flow style; parsing all files twice would double the time of a reload. */
function hasPolicyRoot(text: string): boolean {
  const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  if (!Array.isArray(documents)) return false;
  return documents.some(({ contents }) => {
    if (!isMap(contents)) return false;
    return contents.items.some(({ key }) => isScalar(key) && POLICY_KEYS.has(scalarText(key)));
  });
}
