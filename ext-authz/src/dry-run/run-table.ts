import { randomBytes } from 'node:crypto';

import { messageOf } from '../message/index.ts';
import type { Rule } from '../rules/index.ts';
import { signAny } from '../signature/index.ts';
import type { DryRun } from './open-dry-run.ts';
import type { Expectation, Table, TableRequest, TableTest } from './read-table.ts';
import { signProfileOf } from './sign-profile-of.ts';
import { signingKeyOf } from './signing-key-of.ts';

export interface TableRunOptions {
  readonly dryRun: DryRun;
  /** Unix milliseconds at which all is signed. */
  readonly nowMs: number;
  /** PEM text of a private key that a test names; throws a sentence when it cannot be had. */
  readonly readPem: (path: string) => string;
}

export interface TableResult {
  readonly name: string;
  readonly policy: string;
  readonly isAsExpected: boolean;
  /** `deny bad_signature`, `allow merchant-a`. */
  readonly got: string;
  readonly expected: string;
}

/** Which decisions of a policy the table asks for; one without both is guarded by no test. */
export interface PolicyCoverage {
  readonly policy: string;
  readonly allows: number;
  readonly denies: number;
}

export interface TableRun {
  readonly results: readonly TableResult[];
  /** All policies that are not off, also those that no test names. */
  readonly coverage: readonly PolicyCoverage[];
}

/** Signs, bends and judges each request of the table, in order, by the policies of a dry run. */
export async function runTable(table: Table, options: TableRunOptions): Promise<TableRun> {
  const results: TableResult[] = [];
  for (const test of table.tests) results.push(await runTest(test, options));
  return { results, coverage: coverageOf(table, options.dryRun) };
}

async function runTest(test: TableTest, options: TableRunOptions): Promise<TableResult> {
  const { dryRun, nowMs } = options;
  const common = { name: test.name, policy: test.policy, expected: expectedText(test.expect) };
  const rule = dryRun.rules.get(test.policy);
  if (rule === undefined) return { ...common, isAsExpected: false, got: 'no such policy' };
  const message = messageOf({ policy: test.policy, ...sent(test, rule, options) });
  let judged = await dryRun.judge(message, nowMs + test.afterMs);
  for (let count = 1; count < test.times; count += 1)
    judged = await dryRun.judge(message, nowMs + test.afterMs);
  const { decision } = judged;
  const got: Expectation =
    decision.kind === 'allow'
      ? { decision: 'allow', principal: decision.proof.principal }
      : { decision: decision.kind, reason: decision.reason };
  return { ...common, isAsExpected: isMet(test.expect, got), got: expectedText(got) };
}

function isMet(expected: Expectation, got: Expectation): boolean {
  return (
    expected.decision === got.decision &&
    (expected.reason === undefined || expected.reason === got.reason) &&
    (expected.principal === undefined || expected.principal === got.principal)
  );
}

function expectedText({ decision, reason, principal }: Expectation): string {
  return [decision, reason, principal].filter((part) => part !== undefined).join(' ');
}

const NONCE_BYTES = 16;

interface SentRequest extends Omit<TableRequest, 'body' | 'headers'> {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The request as it is sent: signed as the policy wants it, then changed as a forger would. */
function sent({ request, sign, change }: TableTest, rule: Rule, options: TableRunOptions): SentRequest {
  const plain = { ...request, headers: Object.entries(request.headers), body: Buffer.from(request.body) };
  const signed = sign === undefined ? plain : signedRequest(plain, sign, rule, options);
  if (change === undefined) return signed;
  const { headers = {}, body, ...rest } = change;
  return {
    ...signed,
    ...rest,
    headers: withHeaders(signed.headers, Object.entries(headers)),
    ...(body !== undefined && { body: Buffer.from(body) }),
  };
}

function signedRequest(
  request: SentRequest,
  sign: NonNullable<TableTest['sign']>,
  rule: Rule,
  { nowMs, readPem }: TableRunOptions,
): SentRequest {
  const nonce = randomBytes(NONCE_BYTES).toString('hex');
  const pem = sign.privateKey === undefined ? undefined : readPem(sign.privateKey);
  const key = signingKeyOf(rule, { id: sign.key, pem });
  const { headers, body, target } = signAny(request, signProfileOf(rule.verify), { key, nowMs, nonce });
  return {
    ...request,
    headers: withHeaders(request.headers, headers),
    ...(body !== undefined && { body }),
    ...(target !== undefined && { target }),
  };
}

function withHeaders(before: SentRequest['headers'], added: SentRequest['headers']): SentRequest['headers'] {
  const names = new Set(added.map(([name]) => name.toLowerCase()));
  return [...before.filter(([name]) => !names.has(name.toLowerCase())), ...added];
}

function coverageOf({ tests }: Table, { rules }: DryRun): readonly PolicyCoverage[] {
  return [...rules.values()]
    .filter(({ mode }) => mode !== 'Off')
    .map(({ policyId }) => {
      const own = tests.filter(({ policy }) => policy === policyId);
      const allows = own.filter(({ expect }) => expect.decision === 'allow').length;
      return { policy: policyId, allows, denies: own.length - allows };
    });
}
