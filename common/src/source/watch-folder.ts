import { setTimeout as pause } from 'node:timers/promises';
import { type FolderList, listFolder, readFiles, type SourceFile } from './folder-files.ts';
import { isSameMoment, isUnchanged, isUnchangedPath, type Stamps, stampFolder } from './folder-stamps.ts';
import { FolderWatches } from './folder-watches.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { MAX_READS } from './read-folder.ts';

export interface WatchFolderOptions {
  readonly dir: string;
  /**
   * Gets the complete set, sorted by path: once at the start, unless it equals `known`, after each change, and
   * when the folder can be read again. The next call waits for the promise of the one before.
   */
  readonly onFiles: (files: readonly SourceFile[]) => void | Promise<void>;
  /** The folder cannot be read or watched, or onFiles failed. A cause that stays is told once. */
  readonly onError: (error: Error) => void;
  /** What the caller has read already. Default: nothing. */
  readonly known?: readonly SourceFile[];
  /** Quiet time after the last event before the folder is read. Default 5. */
  readonly debounceMs?: number;
  /** Pause between looks at the folder without an event, for file systems that send none. Default 2 000. */
  readonly pollMs?: number;
}

export interface FolderWatch {
  /** Ends all watches and timers; resolves when a running onFiles has ended. */
  close(): Promise<void>;
}

/** Editors write a file in one go or rename it into place; what comes later is read again. */
const DEFAULT_DEBOUNCE_MS = 5;
/** A folder with events without end is read after so many debounce times all the same. */
const MAX_DEBOUNCES = 20;
/** A file that became empty is mostly about to be written: it is believed after this time. */
const EMPTY_SETTLE_MS = 150;

/** Calls onFiles with what a folder holds whenever that has changed. */
export function watchFolder(options: WatchFolderOptions): FolderWatch {
  const watcher = new Watcher(options);
  watcher.start();
  return watcher;
}

class Watcher implements FolderWatch {
  readonly #options: WatchFolderOptions;
  readonly #debounceMs: number;
  readonly #watches: FolderWatches;
  readonly #closing = new AbortController();
  #lastSet: readonly SourceFile[] | undefined;
  #lastStamps: Stamps = new Map();
  #lastError = '';
  #debounce: NodeJS.Timeout | undefined;
  #firstEventMs = 0;
  #poll: NodeJS.Timeout | undefined;
  #isDirty = false;
  /** Reads in a row during which the folder changed. */
  #tornReads = 0;
  #work: Promise<void> | undefined;

  constructor(options: WatchFolderOptions) {
    this.#options = options;
    this.#debounceMs = options.debounceMs ?? DEFAULT_DEBOUNCE_MS;
    this.#lastSet = options.known;
    this.#watches = new FolderWatches({
      onEvent: () => this.#onEvent(),
      onError: (error) => this.#report(error),
    });
  }

  start(): void {
    this.#refresh();
    this.#poll = setInterval(() => void this.#lookAgain(), this.#options.pollMs ?? 2_000);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#poll);
    clearTimeout(this.#debounce);
    this.#watches.close();
    await this.#work;
  }

  #onEvent(): void {
    const now = performance.now();
    if (this.#debounce === undefined) this.#firstEventMs = now;
    clearTimeout(this.#debounce);
    const leftMs = this.#firstEventMs + MAX_DEBOUNCES * this.#debounceMs - now;
    this.#debounce = setTimeout(
      () => {
        this.#debounce = undefined;
        this.#refresh();
      },
      Math.min(this.#debounceMs, Math.max(0, leftMs)),
    );
  }

  /** The safety net: compares names, sizes and times only. */
  async #lookAgain(): Promise<void> {
    if (this.#work !== undefined) return;
    try {
      const stamps = await stampFolder(await listFolder(this.#options.dir));
      if (isUnchanged(this.#lastStamps, stamps)) return;
    } catch {
      // The refresh meets the same error and reports it.
    }
    this.#refresh();
  }

  /** Starts the one worker, or tells the running one to look once more. */
  #refresh(): void {
    this.#isDirty = true;
    if (this.#work !== undefined || this.#closing.signal.aborted) return;
    this.#work = this.#workWhileDirty().finally(() => {
      this.#work = undefined;
      // Asked for between the worker's last look and its end.
      if (this.#isDirty) this.#refresh();
    });
  }

  async #workWhileDirty(): Promise<void> {
    while (this.#isDirty && !this.#closing.signal.aborted) {
      this.#isDirty = false;
      try {
        await this.#readOnce();
        this.#lastError = '';
      } catch (error) {
        this.#report(error as Error);
      }
    }
  }

  async #readOnce(): Promise<void> {
    const { dir } = this.#options;
    const list = await listFolder(dir);
    if (this.#closing.signal.aborted) return;
    if (this.#watches.update(list.folders)) this.#isDirty = true;
    // Looked at before they are read: a write in between shows as a change the next time.
    const stamps = await stampFolder(list);
    const files = keepUnchanged(await readFiles(dir, list, this.#known(stamps)), this.#lastSet);
    if (this.#becameEmpty(files) && !(await this.#stays(files, list))) {
      this.#isDirty = true;
      return;
    }
    if (await this.#isTorn(stamps)) {
      this.#isDirty = true;
      return;
    }
    this.#lastStamps = stamps;
    const isKnown = this.#lastError === '' && isSameSet(files, this.#lastSet);
    if (this.#closing.signal.aborted || isKnown) return;
    this.#lastSet = files;
    await this.#deliver(files);
  }

  async #deliver(files: readonly SourceFile[]): Promise<void> {
    try {
      await this.#options.onFiles(files);
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }

  /** The files of the last set that need not be read again. */
  #known(stamps: Stamps): ReadonlyMap<string, SourceFile> {
    const unchanged = this.#lastSet?.filter(({ path }) => isUnchangedPath(path, this.#lastStamps, stamps));
    return new Map(unchanged?.map((file) => [file.path, file]));
  }

  #becameEmpty(files: readonly SourceFile[]): boolean {
    if (this.#lastSet === undefined) return false;
    const before = new Map(this.#lastSet.map(({ path, text }) => [path, text]));
    return files.some(({ path, text }) => text === '' && before.get(path) !== '');
  }

  /** The folder changed while it was read, so that the files may be of two versions of the set, such as two ConfigMaps. */
  async #isTorn(before: Stamps): Promise<boolean> {
    const after = await stampFolder(await listFolder(this.#options.dir));
    this.#tornReads = isSameMoment(before, after) ? 0 : this.#tornReads + 1;
    return this.#tornReads % MAX_READS !== 0;
  }

  async #stays(files: readonly SourceFile[], list: FolderList): Promise<boolean> {
    // Rejects when the watch is closed meanwhile.
    await pause(EMPTY_SETTLE_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    return isSameSet(files, await readFiles(this.#options.dir, list));
  }

  #report(error: Error): void {
    if (this.#closing.signal.aborted || error.message === this.#lastError) return;
    this.#lastError = error.message;
    this.#options.onError(error);
  }
}

function isSameSet(a: readonly SourceFile[], b: readonly SourceFile[] | undefined): boolean {
  if (a.length !== b?.length) return false;
  return a.every(({ path, text }, index) => path === b[index]?.path && text === b[index].text);
}
