export type Reply<T> =
  | { readonly kind: 'reply'; readonly value: T }
  /** `error`: why, unless it was the time. */
  | { readonly kind: 'failed'; readonly error?: unknown };

/** Waits for an answer until a moment of `performance.now()`. Never rejects. */
export function within<T>(answer: Promise<T>, deadlineMs: number): Promise<Reply<T>> {
  return new Promise((resolve) => {
    // Timers run before sockets are read: after a stall of this process the answer may be there already.
    const late = () => setImmediate(resolve, { kind: 'failed' });
    const timer = setTimeout(late, deadlineMs - performance.now());
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve({ kind: 'reply', value });
      },
      (error: unknown) => {
        clearTimeout(timer);
        resolve({ kind: 'failed', error });
      },
    );
  });
}
