import type { Stream } from './stream.ts';

/** `unused`: never, or so long ago that it is forgotten. `reset`: ended by this side before the peer had sent all. */
export type Past = 'unused' | 'ended' | 'reset';

/** Streams that ended are remembered so far back. A power of two. */
const REMEMBERED = 512;
/** Open streams are found by their id at once unless they are this far apart. A power of two. */
const SLOTS = 256;

/**
 * The streams of a connection: those that are open, and how the last ones ended. No Map: with thousands of streams a
 * second its outgrown tables keep those of long ago from being collected, which took a third of the time of a call.
 */
export class StreamTable {
  readonly #slots: (Stream | undefined)[] = Array.from({ length: SLOTS });
  /** Those whose slot was taken. */
  readonly #others = new Map<number, Stream>();
  readonly #pastIds = new Uint32Array(REMEMBERED);
  readonly #wasReset = new Uint8Array(REMEMBERED);
  /** How many are open. */
  size = 0;
  /** The highest id that the peer has used. */
  lastId = 0;

  get(id: number): Stream | undefined {
    const stream = this.#slots[slotOf(id, SLOTS)];
    if (stream?.id === id) return stream;
    return this.#others.size === 0 ? undefined : this.#others.get(id);
  }

  all(): readonly Stream[] {
    return [...this.#slots.filter((stream) => stream !== undefined), ...this.#others.values()];
  }

  add(stream: Stream): void {
    const slot = slotOf(stream.id, SLOTS);
    if (this.#slots[slot] === undefined) this.#slots[slot] = stream;
    else this.#others.set(stream.id, stream);
    this.size += 1;
  }

  /** Ends a stream, or one that never came to be. */
  remove(id: number, wasReset: boolean): void {
    this.#forget(id);
    const slot = slotOf(id, REMEMBERED);
    this.#pastIds[slot] = id;
    this.#wasReset[slot] = wasReset ? 1 : 0;
  }

  /** What became of a stream that is not open. */
  pastOf(id: number): Past {
    const slot = slotOf(id, REMEMBERED);
    if (this.#pastIds[slot] !== id) return 'unused';
    return this.#wasReset[slot] === 1 ? 'reset' : 'ended';
  }

  #forget(id: number): void {
    const slot = slotOf(id, SLOTS);
    if (this.#slots[slot]?.id === id) this.#slots[slot] = undefined;
    else if (!this.#others.delete(id)) return;
    this.size -= 1;
  }
}

/** Clients use odd ids. */
function slotOf(id: number, slots: number): number {
  return (id >> 1) & (slots - 1);
}
