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
 * A Map is made anew after so many keys came for others: in one in which they come and go for ever, its outgrown tables
 * keep the keys of long ago from being collected.
 */
const MAX_REPLACED = 24;

/**
 * The keys with the largest sums, in bounded memory (Space-Saving; Metwally, Agrawal, El Abbadi 2005): a key that is not
 * among the `capacity` takes the place of the smallest and starts from its count. Any key with more than
 * sum / capacity is there, whatever else came by.
 */
export function createTopSketch<T>(capacity: number): TopSketch<T> {
  let slots = new Map<string, Slot<T>>();
  let replaced = 0;
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
        slots.set(key, slot);
        rise(heap, slot);
        return;
      }
      const [smallest] = heap;
      if (smallest === undefined) return;
      slots.delete(smallest.key);
      Object.assign(smallest, { key, error: smallest.count, count: smallest.count + weight, value: value() });
      slots.set(key, smallest);
      sink(heap, smallest);
      replaced += 1;
      if (replaced % MAX_REPLACED === 0) slots = new Map(heap.map((slot) => [slot.key, slot]));
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
