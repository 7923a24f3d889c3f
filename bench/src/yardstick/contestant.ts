import type { MessagesSpec } from './load/load-spec.ts';
import { type Cores, type PinnedServer, startServer } from './pinned.ts';
import type { ServerSpec } from './server-spec.ts';

/** What a contestant is asked. */
export interface Questions {
  /** The method that is called. */
  readonly path: string;
  readonly messages: MessagesSpec;
  /** One of them, for h2load. */
  readonly sample: () => Buffer;
}

/** A server with the messages that it is measured with. */
export interface Contestant extends Questions {
  readonly name: string;
  /** Ratio to the yardstick that it should have. */
  readonly goal: number | undefined;
  readonly server: PinnedServer;
  /** True where each answer must be an allow of ext-authz, not just an answer. */
  readonly wantsAllow: boolean;
  stop(): Promise<void>;
}

export type EchoKind = Exclude<ServerSpec['kind'], 'ext-authz' | 'rate-limiter'>;

/** A server that sends back what it gets, at any path. */
export async function startEcho(kind: EchoKind, questions: Questions, cores: Cores): Promise<Contestant> {
  const server = await startServer({ kind, path: questions.path }, cores.server);
  return { name: kind, goal: undefined, ...questions, server, wantsAllow: false, stop: () => server.stop() };
}
