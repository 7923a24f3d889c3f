import type { Entry } from '@paymesh/rate-limiter';

import { CommandError, EXIT } from '../output/index.ts';

/** Reads `key=value` arguments; the value is all after the first `=`. */
export function entriesOf(texts: readonly string[]): readonly Entry[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return { key: text.slice(0, at), value: text.slice(at + 1) };
    throw new CommandError(`expected an entry such as tenant=acme; got "${text}"`, EXIT.usage);
  });
}

/** `tenant=acme user=7`, as they are typed. */
export function entriesText(entries: readonly Entry[]): string {
  return entries.map(({ key, value }) => `${key}=${value}`).join(' ');
}
