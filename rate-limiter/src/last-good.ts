import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { SourceFile } from '@paymesh/common/source';

import type { ServedSet } from './served/index.ts';

/** A set of rules by where its parts came from. */
export interface RuleSources {
  readonly folder: readonly SourceFile[];
  /** Absent: nothing came from a control plane. */
  readonly served?: ServedSet | undefined;
}

export type LastGoodSet =
  | { readonly kind: 'saved'; readonly sources: RuleSources }
  /** Nothing was ever saved. */
  | { readonly kind: 'none' }
  /** Cut short, changed by hand, or no file at all: not to be trusted. */
  | { readonly kind: 'unusable'; readonly why: string };

/** The last good set, kept on disk for a start at which the folder cannot be used or the control plane is away. */
export interface LastGood {
  load(): LastGoodSet;
  /** Replaces the file as a whole, so that a crash leaves the old or the new one. Throws when it cannot be written. */
  save(sources: RuleSources): void;
}

/**
 * A file of JSON: `{"sha256": of the text of files, "files": text of JSON}`, which is the list of the files of a folder,
 * or RuleSources where a control plane has a part. Only its owner reads it.
 */
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
    save: ({ folder, served }) => {
      const text = JSON.stringify(served === undefined ? folder : { folder, served });
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
  const sources = JSON.parse(files) as RuleSources['folder'] | RuleSources;
  return { kind: 'saved', sources: 'folder' in sources ? sources : { folder: sources } };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
