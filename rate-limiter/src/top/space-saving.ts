import { createKeyBuckets } from './key-buckets.ts';

/** A key with what is known of its count. */
export interface TopKey<T> {
  readonly key: string;
  /** At least what was added, at most `error` above it. */
  readonly count: number;
  readonly error: number;
  /** What was given when the key was last taken in. */
  readonly value: T;
}

export interface TopSketch<T> {
  /** Adds to a key; `value` is asked for only when the key is taken in. */
  add(key: string, weight: number, value: () => T): void;
  /** The largest first. */
  list(): readonly TopKey<T>[];
}

interface Slot<T> {
  key: string;
  count: number;
  error: number;
  value: T;
  /** Its place in the heap. */
  at: number;
}

/**
 * The keys with the largest sums, in bounded memory (Space-Saving; Metwally, Agrawal, El Abbadi 2005): a key that is not
 * among the `capacity` takes the place of the smallest and starts from its count. Any key with more than
 * sum / capacity is there, whatever else came by.
 */
export function createTopSketch<T>(capacity: number): TopSketch<T> {
  const slots = createKeyBuckets<Slot<T>>();
  /** The smallest count first. */
  const heap: Slot<T>[] = [];
  return {
    add: (key, weight, value) => {
      const known = slots.get(key);
      if (known !== undefined) {
        known.count += weight;
        sink(heap, known);
        return;
      }
      if (heap.length < capacity) {
        const slot = { key, count: weight, error: 0, value: value(), at: heap.length };
        heap.push(slot);
        slots.add(slot);
        rise(heap, slot);
        return;
      }
      const [smallest] = heap;
      if (smallest === undefined) return;
      slots.delete(smallest);
      smallest.key = key;
      smallest.error = smallest.count;
      smallest.count += weight;
      smallest.value = value();
      slots.add(smallest);
      sink(heap, smallest);
    },
    list: () =>
      heap
        .map(({ key, count, error, value }) => ({ key, count, error, value }))
        .toSorted((a, b) => b.count - a.count),
  };
}

function sink<T>(heap: Slot<T>[], slot: Slot<T>): void {
  for (;;) {
    const left = heap[2 * slot.at + 1];
    const right = heap[2 * slot.at + 2];
    const least = right !== undefined && left !== undefined && right.count < left.count ? right : left;
    if (least === undefined || least.count >= slot.count) return;
    swap(heap, slot, least);
  }
}

function rise<T>(heap: Slot<T>[], slot: Slot<T>): void {
  while (slot.at > 0) {
    const parent = heap[(slot.at - 1) >> 1];
    if (parent === undefined || parent.count <= slot.count) return;
    swap(heap, slot, parent);
  }
}

function swap<T>(heap: Slot<T>[], a: Slot<T>, b: Slot<T>): void {
  const at = a.at;
  a.at = b.at;
  b.at = at;
  heap[a.at] = a;
  heap[b.at] = b;
}
