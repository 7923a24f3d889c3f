import { signBytes } from '../crypto/index.ts';
import type { Sigv4Profile } from '../profile.ts';
import type { HeaderPair, OutgoingRequest, Signer } from '../signer.ts';
import { amzDateText } from './amz-date.ts';
import { payloadHashOf, type SignedHeader, stringToSign } from './canonical.ts';
import { type CanonicalTarget, canonicalTarget } from './canonical-target.ts';
import { ALGORITHM } from './parse.ts';
import { scopeText } from './scope.ts';
import { scopedKey } from './scoped-key.ts';

/** Headers that clients and proxies on the way change as they need. */
const UNSIGNED = new Set([
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-request-id',
]);
const DATE_LENGTH = 8;

/** Adds X-Amz-Date, X-Amz-Content-Sha256 and Authorization; signs them and what the request has but what proxies change. */
export const signSigv4: Signer<Sigv4Profile> = (request, { region, service }, { key, nowMs }) => {
  if (region === undefined || service === undefined) throw new Error('to sign, name a region and a service');
  const amzDate = amzDateText(nowMs);
  const payloadHash = payloadHashOf(request.body);
  const added: readonly HeaderPair[] = [
    ['X-Amz-Date', amzDate],
    ['X-Amz-Content-Sha256', payloadHash],
  ];
  const headers = headersToSign(request, added);
  const scope = { date: amzDate.slice(0, DATE_LENGTH), region, service };
  const target = targetToSign(request.target, service);
  const { method } = request;
  const text = stringToSign({ method, target, headers, payloadHash, amzDate, scope });
  const base = Buffer.from(text, 'latin1');
  const bound = { algorithm: key.algorithm, key: scopedKey(key.key, scope) };
  const parts = [
    `Credential=${key.id}/${scopeText(scope)}`,
    `SignedHeaders=${headers.map(([name]) => name).join(';')}`,
    `Signature=${signBytes(bound, base).toString('hex')}`,
  ];
  return { headers: [...added, ['Authorization', `${ALGORITHM} ${parts.join(', ')}`]], base };
};

function headersToSign(request: OutgoingRequest, added: readonly HeaderPair[]): readonly SignedHeader[] {
  const lines = new Map<string, string[]>([['host', [request.authority]]]);
  const kept = request.headers.filter(([name]) => !UNSIGNED.has(name.toLowerCase()));
  for (const [name, value] of [...kept, ...added]) {
    const key = name.toLowerCase();
    lines.set(key, [...(lines.get(key) ?? []), value]);
  }
  return [...lines].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function targetToSign(target: string, service: string): CanonicalTarget {
  const result = canonicalTarget(target, service);
  if (result.kind !== 'target')
    throw new Error(
      'the target must be spelled as SigV4 spells it: upper-case escapes, values of one name in order',
    );
  return result.target;
}
