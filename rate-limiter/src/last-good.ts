import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { SourceFile } from '@paymesh/common/source';

export type LastGoodSet =
  | { readonly kind: 'files'; readonly files: readonly SourceFile[] }
  /** Nothing was ever saved. */
  | { readonly kind: 'none' }
  /** Cut short, changed by hand, or no file at all: not to be trusted. */
  | { readonly kind: 'unusable'; readonly why: string };

/** The files of the last good set, kept on disk for a start at which the folder cannot be used. */
export interface LastGood {
  load(): LastGoodSet;
  /** Replaces the file as a whole, so that a crash leaves the old or the new one. Throws when it cannot be written. */
  save(files: readonly SourceFile[]): void;
}

/** A file of JSON: `{"sha256": of the text of files, "files": text of JSON}`. Only its owner reads it. */
export function createLastGood(path: string): LastGood {
  return {
    load: () => {
      try {
        return parse(readFileSync(path, 'utf8'));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return code === 'ENOENT' ? { kind: 'none' } : { kind: 'unusable', why: message };
      }
    },
    save: (files) => {
      const text = JSON.stringify(
        files.map(({ path: name, text: content }) => ({ path: name, text: content })),
      );
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, JSON.stringify({ sha256: digest(text), files: text }), {
          mode: 0o600,
          flush: true,
        });
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },
  };
}

/** Throws on what is no JSON. */
function parse(saved: string): LastGoodSet {
  const value: unknown = JSON.parse(saved);
  const { sha256, files } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof files !== 'string' || sha256 !== digest(files)) {
    return { kind: 'unusable', why: 'its checksum is not that of its files' };
  }
  // The checksum says that these are the bytes that were written here.
  return { kind: 'files', files: JSON.parse(files) as readonly SourceFile[] };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
