import type { Parsed } from './parsed.ts';

/** An expected failure of a request, answered as RFC 9457 problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** Further members of the body. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

/** Media type of an answered problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The body of a problem. */
export function problemBody(problem: Problem, requestId: string): Readonly<Record<string, unknown>> {
  return {
    type: 'about:blank',
    title: problem.code,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    request_id: requestId,
    ...problem.extra,
  };
}

/** What a parser refused, as the answer 400 INVALID_REQUEST. */
export function invalidRequest(reason: string): Problem {
  return new Problem(400, 'INVALID_REQUEST', reason);
}

/** The value of a parser, or its sentence thrown as 400 INVALID_REQUEST. */
export function orInvalid<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw invalidRequest(parsed.reason);
  return parsed.value;
}
