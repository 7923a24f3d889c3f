import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

import type { DocumentOf, TextSource, WechatCertificatesSpec } from '@paymesh/common/policy';
import { Secret } from '@paymesh/common/secret';

import { type BadKey, bad } from '../bad-key.ts';
import { readText, type SecretSource, type SourceText } from '../secret-source.ts';
import type { KeySource } from './key-source.ts';
import { loadWechatCertificates } from './load-wechat-certificates.ts';
import { readJwks } from './read-jwks.ts';
import type { RemoteLease } from './remote-keys.ts';
import type { WechatMerchant, WechatPay } from './wechat-pay.ts';

/** The sources of a document, by the path of their field. */
export interface OpenedSources {
  readonly opened: readonly { readonly path: string; readonly source: KeySource }[];
  readonly refused: readonly { readonly path: string; readonly why: BadKey }[];
}

type Document = DocumentOf<'KeySet'>;

interface Tools {
  readonly lease: RemoteLease;
  readonly secrets: SecretSource;
}

/** Opens the remote sources of a KeySet; each begins to load. */
export async function openSources(document: Document, tools: Tools): Promise<OpenedSources> {
  const jwks = openJwks(document, tools.lease);
  const wechat = await openWechat(document, tools);
  return { opened: [...jwks.opened, ...wechat.opened], refused: [...jwks.refused, ...wechat.refused] };
}

const NONE: OpenedSources = { opened: [], refused: [] };

function nameOf({ metadata }: Document, field: string): string {
  return `${metadata.namespace}/${metadata.name} ${field}`;
}

function openJwks(document: Document, lease: RemoteLease): OpenedSources {
  const { jwks } = document.spec;
  if (jwks === undefined) return NONE;
  const source = lease.open({
    name: nameOf(document, 'jwks'),
    terms: JSON.stringify(jwks),
    isSuccessor: false,
    refreshMs: jwks.refreshMs,
    maxStaleMs: jwks.maxStaleMs,
    load: async () => {
      const fetched = await lease.fetchText({ url: jwks.url });
      return fetched.kind === 'failed' ? fetched : readJwks(fetched.text, jwks);
    },
  });
  return { opened: [{ path: 'spec.jwks', source }], refused: [] };
}

async function openWechat(document: Document, { lease, secrets }: Tools): Promise<OpenedSources> {
  const path = 'spec.wechatCertificates';
  const { wechatCertificates: spec } = document.spec;
  const { wechatPay } = lease;
  if (spec === undefined) return NONE;
  if (wechatPay === undefined) {
    const why = bad('PM6122', 'keys of other sources', 'no way to ask WeChat Pay');
    return { opened: [], refused: [{ path, why }] };
  }
  const read = (from: TextSource) => readText(from, document.at.file, secrets);
  const privateKey = merchantKey(await read(spec.merchant.privateKey));
  const apiV3Key = readApiV3Key(await read(spec.apiV3Key));
  if (privateKey.kind === 'read' && apiV3Key.kind === 'read') {
    const merchant = { ...spec.merchant, privateKey: privateKey.key };
    const credentials = { lease, wechatPay, merchant, apiV3Key: apiV3Key.secret };
    const source = openWechatSource(nameOf(document, 'wechatCertificates'), spec, credentials);
    return { opened: [{ path, source }], refused: [] };
  }
  const refused = [
    ...(privateKey.kind === 'bad' ? [{ path: `${path}.merchant.privateKey`, why: privateKey }] : []),
    ...(apiV3Key.kind === 'bad' ? [{ path: `${path}.apiV3Key`, why: apiV3Key }] : []),
  ];
  return { opened: [], refused };
}

interface Credentials {
  readonly lease: RemoteLease;
  readonly wechatPay: WechatPay;
  readonly merchant: WechatMerchant;
  readonly apiV3Key: Secret;
}

function openWechatSource(
  name: string,
  spec: WechatCertificatesSpec,
  { lease, wechatPay, merchant, apiV3Key }: Credentials,
): KeySource {
  const { fetchText, clock } = lease;
  const { url, owner, refreshMs, maxStaleMs } = spec;
  return lease.open({
    name,
    terms: JSON.stringify([spec, fingerprint(merchant.privateKey, apiV3Key)]),
    // The certificates are WeChat Pay's, whoever asks for them.
    isSuccessor: true,
    refreshMs,
    maxStaleMs,
    load: () =>
      loadWechatCertificates({ url, owner, merchant, apiV3Key, fetchText, wechatPay, nowMs: clock.now() }),
  });
}

/** Tells whether a file has another key now, and tells nothing of it. */
function fingerprint(privateKey: KeyObject, apiV3Key: Secret): string {
  return createHash('sha256')
    .update(privateKey.export({ type: 'pkcs8', format: 'der' }))
    .update(apiV3Key.reveal())
    .digest('base64url');
}

type Read<T> = ({ readonly kind: 'read' } & T) | BadKey;

function merchantKey(text: SourceText): Read<{ readonly key: KeyObject }> {
  const expected = 'the PEM of an RSA private key';
  if (text.kind === 'none') return bad('PM6122', expected, text.got);
  try {
    const key = createPrivateKey(text.text);
    if (key.asymmetricKeyType === 'rsa') return { kind: 'read', key };
  } catch {
    // What OpenSSL says of it is not for people.
  }
  return bad('PM6122', expected, 'text of another form');
}

function readApiV3Key(text: SourceText): Read<{ readonly secret: Secret }> {
  const expected = 'the APIv3 key: 32 characters of visible ASCII';
  if (text.kind === 'none') return bad('PM6122', expected, text.got);
  const trimmed = text.text.trim();
  if (!/^[\x21-\x7e]{32}$/.test(trimmed)) return bad('PM6122', expected, `${trimmed.length} characters`);
  return { kind: 'read', secret: new Secret(Buffer.from(trimmed, 'latin1')) };
}
