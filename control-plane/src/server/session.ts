import type { NodeSnapshot } from '../snapshot/index.ts';
import type { AdsEvent, StreamIdentity } from './events.ts';

/** An AdsEvent before the stream puts its identity on it. */
export type SessionEvent = AdsEvent extends infer E
  ? E extends AdsEvent
    ? Omit<E, keyof StreamIdentity>
    : never
  : never;

/** What a session wants done now. */
export interface Flush<Response> {
  readonly responses: readonly Response[];
  readonly events: readonly SessionEvent[];
  /** When to flush again if nothing happens before. */
  readonly wakeAtMs?: number;
}

/**
 * The protocol of one stream without its transport: requests and snapshots in, responses out.
 * State of the world and delta each have one; the stream loop and the store know neither.
 */
export interface Session<Request, Response> {
  /** Takes in a request. Gives the reason when the stream must end with INVALID_ARGUMENT. */
  request(request: Request, nowMs: number): { readonly error: string } | undefined;
  /** From now on this is what the client shall run. */
  retarget(target: NodeSnapshot, nowMs: number): void;
  /** Collects all that may be sent now and counts it as sent. */
  flush(nowMs: number): Flush<Response>;
}
