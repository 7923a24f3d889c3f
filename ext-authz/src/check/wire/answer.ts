import type { DenialStatus } from '../../decision/index.ts';

/** A header to set: it replaces all of its name. */
export type AnswerHeader = readonly [name: string, value: string];

/** What is told of every decision, for access logs and limits. Text only: Envoy drops limits over anything else. */
export type AnswerMetadata = Readonly<Record<string, string>>;

/** What Envoy is answered. A denial always has its status: without one Envoy would let the request pass. */
export type Answer =
  | {
      readonly kind: 'ok';
      /** Set on the request. */
      readonly headers: readonly AnswerHeader[];
      /** Taken off the request. */
      readonly removeHeaders: readonly string[];
      readonly metadata: AnswerMetadata;
    }
  | {
      readonly kind: 'denied';
      readonly status: DenialStatus;
      /** Set on the answer to the client. */
      readonly headers: readonly AnswerHeader[];
      readonly body: string;
      readonly metadata: AnswerMetadata;
    };
