import { messageOf } from '../../message/index.ts';
import { contentDigest, type DigestAlgorithm } from '../content-digest/index.ts';
import { signBytes } from '../crypto/index.ts';
import type { HeaderPair, OutgoingRequest, SignContext, SignedRequest, Signer } from '../signer.ts';
import {
  type BareItem,
  type InnerList,
  type Item,
  parseDictionary,
  parseItem,
  type SfParameter,
  serializeInnerList,
} from '../structured-field/index.ts';
import { signatureBase } from './canonical.ts';
import { componentId } from './component.ts';
import { readSignatureParams } from './signature-params.ts';

/** How to sign. */
export interface Rfc9421SignOptions {
  /** What is covered, in this order: `@method`, `"content-digest"`, `@query-param;name="id"`. */
  readonly components: readonly string[];
  /** Default `sig1`. */
  readonly label?: string | undefined;
  /** Signature parameters in this order. Default `created`, `nonce`, `keyid`, and those that other options ask for. */
  readonly params?: readonly string[] | undefined;
  /** Default none. */
  readonly tag?: string | undefined;
  /** How long the signature may be used, in seconds. Default: it does not say. */
  readonly expiresInSec?: number | undefined;
  /** Of the Content-Digest that is made where one is covered and absent. Default `sha-256`. */
  readonly digest?: DigestAlgorithm | undefined;
}

const DEFAULT_LABEL = 'sig1';
const DEFAULT_PARAMS = ['created', 'nonce', 'keyid'];
const DEFAULT_EXPIRES_SEC = 300;
const MS_PER_SECOND = 1_000;

/** Gives Signature-Input and Signature, and Content-Digest where it is covered and absent. Signatures there already are kept. */
export const signRfc9421: Signer<Rfc9421SignOptions> = (request, options, context) => {
  const digest = digestHeader(request, options);
  const input: InnerList = {
    kind: 'inner-list',
    items: options.components.map((text) => componentItem(text)),
    parameters: paramNames(options).map((name) => parameter(name, options, context)),
  };
  // What the verifier would refuse is not worth sending.
  if (readSignatureParams(input.parameters).kind === 'refused')
    throw new Error(
      'the signature parameters are not valid: keyid, nonce and tag must be short printable ASCII',
    );
  const message = messageOf({ ...request, policy: '', headers: [...request.headers, ...digest] });
  const built = signatureBase(message, input);
  if (built.kind === 'refused') throw new Error(`the request cannot be signed: ${built.reason}`);
  const base = Buffer.from(built.text, 'latin1');
  const signature = signBytes(context.key, base).toString('base64');
  return { headers: [...digest, ...fieldsOf(request, options, serializeInnerList(input), signature)], base };
};

function digestHeader(
  request: OutgoingRequest,
  { components, digest }: Rfc9421SignOptions,
): readonly HeaderPair[] {
  const isCovered = components.some((text) => /^"?content-digest"?(?:;|$)/.test(text));
  if (!isCovered || headerLines(request, 'content-digest').length > 0) return [];
  return [['Content-Digest', contentDigest(request.body, digest)]];
}

function componentItem(text: string): Item {
  const id = componentId(text);
  const parsed = parseItem(id ?? '');
  if (parsed.kind === 'malformed') throw new Error(`${text} is no component of a request`);
  return parsed.value;
}

function paramNames({ params, tag, expiresInSec }: Rfc9421SignOptions): readonly string[] {
  const names = new Set(params ?? DEFAULT_PARAMS);
  if (expiresInSec !== undefined) names.add('expires');
  if (tag !== undefined) names.add('tag');
  return [...names];
}

function parameter(
  name: string,
  options: Rfc9421SignOptions,
  { key, nowMs, nonce }: SignContext,
): SfParameter {
  const created = Math.floor(nowMs / MS_PER_SECOND);
  switch (name) {
    case 'created':
      return [name, { kind: 'integer', value: created }];
    case 'expires':
      return [name, { kind: 'integer', value: created + (options.expiresInSec ?? DEFAULT_EXPIRES_SEC) }];
    case 'nonce':
      return [name, asciiString(nonce)];
    case 'keyid':
      return [name, asciiString(key.id)];
    case 'alg':
      return [name, asciiString(key.algorithm)];
    case 'tag':
      return [name, asciiString(options.tag ?? '')];
    default:
      throw new Error(`${name} is no signature parameter`);
  }
}

function asciiString(value: string): BareItem {
  if (!/^[\x20-\x7e]*$/.test(value)) throw new Error('a signature parameter must be printable ASCII');
  return { kind: 'string', value };
}

function fieldsOf(
  request: OutgoingRequest,
  { label = DEFAULT_LABEL }: Rfc9421SignOptions,
  input: string,
  signature: string,
): SignedRequest['headers'] {
  const inputs = [...headerLines(request, 'signature-input'), `${label}=${input}`];
  const signatures = [...headerLines(request, 'signature'), `${label}=:${signature}:`];
  if (parseDictionary(inputs).kind === 'malformed' || parseDictionary(signatures).kind === 'malformed')
    throw new Error(`${label} is no label, or there is such a signature already`);
  return [
    ['Signature-Input', inputs.join(', ')],
    ['Signature', signatures.join(', ')],
  ];
}

function headerLines({ headers }: OutgoingRequest, name: string): readonly string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}
