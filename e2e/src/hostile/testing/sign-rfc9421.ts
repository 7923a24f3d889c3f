import { hash, type KeyObject, sign } from 'node:crypto';

import type { RawRequest } from '../../harness/index.ts';
import { PAIRS } from './keys.ts';
import { freshNonce, nowSeconds } from './sign-hmac.ts';

/** What is signed, as typed: nothing is checked, folded or repaired. */
export interface Rfc9421Spec {
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  /** Besides those of the signature, in wire order. Content-Digest is added unless it stands here. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** Covered components, serialised. Default what `payment-write` wants. */
  readonly components?: readonly string[];
  /** Parameters, serialised. Default created of now, keyid ed-1 and a nonce. */
  readonly params?: string;
  readonly label?: string;
  readonly key?: KeyObject;
  /** Makes the signature. Default: as the key does by itself (ed25519). */
  readonly signer?: (base: Buffer) => Buffer;
}

export const PAYMENT_WRITE = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'];

/** Parameters of a right signature; each can be replaced by what is typed. */
export function params({
  created = String(nowSeconds()),
  keyid = '"ed-1"',
  nonce = `"${freshNonce()}"`,
} = {}): string {
  return `;created=${created};keyid=${keyid};nonce=${nonce}`;
}

export function sha256Digest(body: string | Uint8Array): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

/** A payment signed by `ed-1` for route `/rfc`, unless the spec says otherwise: a second signer, which shares no code with ext-authz. */
export function rfcSigned(spec: Rfc9421Spec = {}): RawRequest {
  const { method = 'POST', target = '/rfc?b=2&a=1', host = 'pay.example', body = '{"amount":100}' } = spec;
  const { components = PAYMENT_WRITE, label = 'sig1' } = spec;
  const given = spec.headers ?? [];
  const hasDigest = given.some(([name]) => name === 'content-digest');
  const headers = hasDigest ? given : [...given, ['content-digest', sha256Digest(body)] as const];
  const input = `(${components.join(' ')})${spec.params ?? params()}`;
  const parts = { method, target, host, headers };
  const lines = components.map((component) => `${component}: ${componentValue(component, parts)}\n`);
  const base = Buffer.from(`${lines.join('')}"@signature-params": ${input}`, 'latin1');
  const { signer = (text: Buffer) => sign(null, text, spec.key ?? PAIRS['ed-1'].privateKey) } = spec;
  const signed = [
    ...headers,
    ['signature-input', `${label}=${input}`] as const,
    ['signature', `${label}=:${signer(base).toString('base64')}:`] as const,
  ];
  return { method, target, host, headers: signed, ...(body.length > 0 && { body: Buffer.from(body) }) };
}

type Parts = Required<Pick<Rfc9421Spec, 'method' | 'target' | 'host' | 'headers'>>;

/** RFC 9421 section 2; of the flags `name` and `key`. */
function componentValue(component: string, { method, target, host, headers }: Parts): string {
  const [path = '', ...query] = target.split('?');
  const name = component.split('"')[1] ?? '';
  switch (name) {
    case '@method':
      return method;
    case '@authority':
      return host.toLowerCase();
    case '@path':
      return path;
    case '@query':
      return `?${query.join('?')}`;
    case '@query-param':
      return encodeURIComponent(
        new URLSearchParams(query.join('?')).get(component.split('"')[3] ?? '') ?? '',
      );
    default:
      return fieldValue(name, component, headers);
  }
}

/** Lines joined; with `key`, the one member that Content-Digest has here. */
function fieldValue(name: string, component: string, headers: Parts['headers']): string {
  const lines = headers.filter(([other]) => other === name).map(([, value]) => value.trim());
  const value = lines.join(', ');
  return component.includes(';key=') ? value.slice(value.indexOf('=') + 1) : value;
}
