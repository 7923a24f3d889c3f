import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An edit of one policy file that can be taken back. */
export interface PolicyEdit {
  /** When the file was saved, in milliseconds since the Unix epoch. */
  readonly savedAt: number;
  /** Puts the file back as it was. */
  undo(): void;
}

/** Replaces a text in a policy file as an editor would: write beside, rename over. Throws when it is not there. */
export function editPolicy(folder: string, file: string, from: string | RegExp, to: string): PolicyEdit {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} holds no ${String(from)}`);
  save(path, after);
  const savedAt = Date.now();
  return { savedAt, undo: () => save(path, before) };
}

function save(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
