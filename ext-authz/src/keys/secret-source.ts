import type { TextSource } from '@paymesh/common/policy';

/** Where the text of keys comes from; rejects or gives undefined when there is none. */
export interface SecretSource {
  /** `file` is the document that names `path`. Of a file above `maxBytes` (default 16 384) the text is empty. */
  readFile(path: string, file: string, maxBytes?: number): Promise<string>;
  /** Names of the files in a folder. */
  listFolder(path: string, file: string): Promise<readonly string[]>;
  readVariable(name: string): string | undefined;
}

export type SourceText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none'; readonly got: string };

/** The text of a source that the document `file` names, or a sentence of why there is none. */
export async function readText(from: TextSource, file: string, source: SecretSource): Promise<SourceText> {
  if (from.kind === 'env') {
    const text = source.readVariable(from.name);
    if (text === undefined) return { kind: 'none', got: `environment variable ${from.name} is not set` };
    return { kind: 'text', text };
  }
  try {
    return { kind: 'text', text: await source.readFile(from.path, file) };
  } catch (error) {
    return { kind: 'none', got: `file ${from.path} cannot be read (${errorCode(error)})` };
  }
}

/** `ENOENT` and the like. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}
