import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder as kubelet mounts a ConfigMap or Secret: each file a link through `..data`, which is swapped at an edit. */
export interface Volume {
  readonly path: string;
  /** Puts other content in place at one moment; the names stay. */
  swap(files: Readonly<Record<string, string>>): void;
}

/** Makes such a folder. */
export function createVolume(path: string, files: Readonly<Record<string, string>>): Volume {
  let version = 0;
  const swap: Volume['swap'] = (next) => {
    version += 1;
    const folder = `..version-${version}`;
    mkdirSync(join(path, folder), { recursive: true });
    for (const [name, text] of Object.entries(next)) writeFileSync(join(path, folder, name), text);
    symlinkSync(folder, join(path, '..data_tmp'));
    renameSync(join(path, '..data_tmp'), join(path, '..data'));
  };
  swap(files);
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(path, name));
  return { path, swap };
}
