import { expect, test } from '@jest/globals';

import {
  type RawAnswer,
  type RawRequest,
  type SignedGateway,
  sendHttp1,
  sendHttp2,
} from '../../harness/index.ts';

const SEND = { 'HTTP/1.1': sendHttp1, 'HTTP/2': sendHttp2 } as const;
type Protocol = keyof typeof SEND;
const BOTH: readonly Protocol[] = ['HTTP/1.1', 'HTTP/2'];

/** How a row ends. */
export interface Ending {
  /** 0: Envoy closes or resets without an answer. */
  readonly status: number;
  /** Of the problem; undefined where there is no body. */
  readonly code: string | undefined;
  /** As `DECISION REASON`; undefined where Envoy answers and ext-authz is not asked. */
  readonly decision: string | undefined;
}

/** A row of the table of hostile inputs: its number, what is wrong, and what comes of it. */
export interface Row {
  readonly row: number;
  readonly name: string;
  /** Made anew for each protocol, so that nothing is a replay by accident. */
  readonly make: () => RawRequest;
  readonly ending: Ending;
  /** Default both. */
  readonly over?: readonly Protocol[];
}

/** ext-authz denies, for exactly this reason. */
export function denied(reason: string, code = 'bad_signature', status = 401): Ending {
  return { status, code, decision: `deny ${reason}` };
}

/** Envoy refuses it before anybody is asked. */
export function byEnvoy(status: number, code: string | undefined = 'refused'): Ending {
  return { status, code: status === 0 ? undefined : code, decision: undefined };
}

/** A test for each row and protocol: the ending, the exact reason, nothing behind, and a control that passes before and after. */
export function testRows(
  gateway: () => SignedGateway,
  control: () => RawRequest,
  rows: readonly Row[],
): void {
  const cases = rows.flatMap(({ over = BOTH, ...row }) => over.map((protocol) => ({ ...row, protocol })));
  // The control after each row is the one before the next.
  test.each(BOTH)('a right request passes at first, over %s', async (protocol) => {
    await expectPass(gateway(), control(), protocol);
  });
  test.each(cases)('row $row: $name, over $protocol', async ({ make, ending, protocol }) => {
    const { answer, decisions, passed } = await watch(gateway(), () =>
      SEND[protocol](gateway().port, make()),
    );
    expect({ status: answer.status, code: codeOf(answer), decisions, passed }).toEqual({
      status: ending.status,
      code: ending.code,
      decisions: ending.decision === undefined ? {} : { [ending.decision]: 1 },
      passed: 0,
    });
    await expectPass(gateway(), control(), protocol);
  });
}

/** A request that must reach the program, checked once; gives it as the program saw it. */
export async function expectPass(
  gateway: SignedGateway,
  request: RawRequest,
  protocol: Protocol = 'HTTP/1.1',
) {
  const { answer, decisions, passed } = await watch(gateway, () => SEND[protocol](gateway.port, request));
  expect({ status: answer.status, decisions, passed }).toEqual({
    status: 200,
    decisions: { 'allow ok': 1 },
    passed: 1,
  });
  return gateway.passed.at(-1);
}

/** What a request did: its answer, the decisions it made, and how many requests reached the program. */
export async function watch<A>(gateway: SignedGateway, act: () => Promise<A>) {
  const [before, passedBefore] = [await decisionsOf(gateway), gateway.passed.length];
  const answer = await act();
  const after = await decisionsOf(gateway);
  const grown = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return {
    answer,
    decisions: Object.fromEntries(grown.filter(([, count]) => count > 0)),
    passed: gateway.passed.length - passedBefore,
  };
}

const DECISION = /^paymesh_authz_decisions_total\{[^}]*decision="(\w+)",reason="(\w+)"[^}]*\} (\d+)/gm;

async function decisionsOf(gateway: SignedGateway): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [, decision, reason, count] of (await gateway.metrics()).matchAll(DECISION)) {
    const key = `${decision} ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}

/** The code of a problem, or of a provider's refusal. */
export function codeOf({ body }: RawAnswer): string | undefined {
  if (body === '') return undefined;
  return (JSON.parse(body) as { readonly code?: string }).code;
}
