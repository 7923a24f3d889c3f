import type { DocumentOf, KeyFolderSpec, KeySpec } from '@paymesh/common/policy';

import { bad } from './bad-key.ts';
import { type MadeKey, publicSigningKey, secretSigningKey } from './make-signing-key.ts';
import { readPublicKey } from './read-public-key.ts';
import { errorCode, readText, type SecretSource } from './secret-source.ts';

/** A key that the files and variables of a document give, or why not. */
export interface OwnKey {
  /** Path of the field that says where it is. */
  readonly path: string;
  readonly made: MadeKey;
}

type Document = DocumentOf<'KeySet'>;

const MAX_FILES = 10_000;
/** As in `keys[].id`; one ending of a key file is no part of it. */
const FILE_NAME = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127}?)(?:\.(?:pem|crt|jwk|json))?$/;

/** Reads every key of `keys`, then those of `folder` whose ids are not among them. */
export async function readOwnKeys(document: Document, source: SecretSource): Promise<readonly OwnKey[]> {
  const { keys, folder } = document.spec;
  const own: OwnKey[] = [];
  for (const [index, spec] of keys.entries()) {
    const field = spec.algorithm === 'hmac-sha256' ? 'secret' : 'publicKey';
    const made = await readKey(spec, document.at.file, source);
    own.push({ path: `spec.keys[${index}].${field}`, made });
  }
  if (folder === undefined) return own;
  const ids = new Set(keys.map(({ id }) => id));
  return [...own, ...(await readFolder(folder, { file: document.at.file, source, ids }))];
}

async function readKey(spec: KeySpec, file: string, source: SecretSource): Promise<MadeKey> {
  const { revoked, ...rest } = spec;
  const terms = { ...rest, isRevoked: revoked };
  const isSecret = spec.algorithm === 'hmac-sha256';
  const text = await readText(isSecret ? spec.secret : spec.publicKey, file, source);
  if (isSecret) {
    const { encoding } = spec.secret;
    if (text.kind === 'text') return secretSigningKey(terms, { text: text.text, encoding });
    return bad('PM6001', `${encoding ?? 'base64'} text of a secret`, text.got);
  }
  if (text.kind === 'text') return publicSigningKey(terms, readPublicKey(text.text, spec.algorithm));
  return bad('PM6101', 'PEM or a JWK', text.got);
}

interface FolderContext {
  readonly file: string;
  readonly source: SecretSource;
  /** Ids that are taken. */
  readonly ids: Set<string>;
}

async function readFolder(folder: KeyFolderSpec, context: FolderContext): Promise<readonly OwnKey[]> {
  const path = 'spec.folder.path';
  const names = await listFolder(folder, context);
  if (typeof names === 'string') return [{ path, made: bad('PM6111', 'a folder of key files', names) }];
  const taken = new Set(context.ids);
  const own: OwnKey[] = [];
  for (const name of names) {
    const id = FILE_NAME.exec(name)?.[1];
    if (id !== undefined && context.ids.has(id)) continue;
    own.push({
      path,
      made: await readFileKey(name, folder, { ...context, id, isTaken: taken.has(id ?? '') }),
    });
    if (id !== undefined) taken.add(id);
  }
  return own;
}

/** Names without those that begin with a dot, as the folders of a mounted Secret do; a sentence when there are none. */
async function listFolder(
  { path }: KeyFolderSpec,
  { file, source }: FolderContext,
): Promise<readonly string[] | string> {
  try {
    const names = (await source.listFolder(path, file)).filter((name) => !name.startsWith('.'));
    if (names.length > MAX_FILES) return `folder ${path} has more than ${MAX_FILES} files`;
    return names.toSorted();
  } catch (error) {
    return `folder ${path} cannot be read (${errorCode(error)})`;
  }
}

interface FileContext extends FolderContext {
  readonly id: string | undefined;
  readonly isTaken: boolean;
}

async function readFileKey(
  name: string,
  { path, algorithm, owner }: KeyFolderSpec,
  { id, isTaken, file, source }: FileContext,
): Promise<MadeKey> {
  if (id === undefined)
    return bad('PM6111', 'files whose names are ids of keys', JSON.stringify(name.slice(0, 60)));
  if (isTaken) return bad('PM6111', 'one file for every id', `"${name}", whose id another file has too`);
  const text = await readText({ kind: 'file', path: `${path}/${name}` }, file, source);
  if (text.kind === 'none') return bad('PM6101', 'PEM or a JWK', text.got);
  const made = publicSigningKey({ id, owner, isRevoked: false }, readPublicKey(text.text, algorithm));
  return made.kind === 'bad' ? { ...made, got: `${made.got} in file ${name}` } : made;
}
