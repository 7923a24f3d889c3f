import { type FSWatcher, statSync, watch } from 'node:fs';

import { isGone } from './folder-files.ts';

export interface FolderWatchesOptions {
  readonly onEvent: () => void;
  readonly onError: (error: Error) => void;
}

interface Watched {
  readonly watcher: FSWatcher;
  /** A folder that is removed and made again, or a link that is swapped, is another one. */
  readonly inode: bigint;
}

/**
 * One file system watch for each of a changing set of folders. Node's recursive mode reads the whole
 * tree once more by itself on Linux and follows no links, so each folder gets a watch of its own.
 */
export class FolderWatches {
  readonly #options: FolderWatchesOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: FolderWatchesOptions) {
    this.#options = options;
  }

  /** Watches these folders and no others. True when a watch was added: what came before it was not seen. */
  update(folders: readonly string[]): boolean {
    const wanted = new Set(folders);
    for (const folder of this.#watched.keys()) if (!wanted.has(folder)) this.#remove(folder);
    // Every folder is asked, so no short cut at the first that is new.
    return folders.filter((folder) => this.#add(folder)).length > 0;
  }

  close(): void {
    for (const folder of this.#watched.keys()) this.#remove(folder);
  }

  #add(folder: string): boolean {
    try {
      const { ino: inode } = statSync(folder, { bigint: true });
      if (this.#watched.get(folder)?.inode === inode) return false;
      this.#remove(folder);
      const watcher = watch(folder, this.#options.onEvent);
      watcher.on('error', (error) => {
        this.#remove(folder);
        this.#options.onError(error);
      });
      this.#watched.set(folder, { watcher, inode });
      return true;
    } catch (error) {
      this.#remove(folder);
      // Gone since it was listed: its parent's watch has told of it.
      if (!isGone(error)) this.#options.onError(error as Error);
      return false;
    }
  }

  #remove(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}
