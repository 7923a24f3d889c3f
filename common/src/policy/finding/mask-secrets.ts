import { isSecretKey, mentionsSecretKey } from '../names/secret-keys.ts';
import type { SourcePosition } from '../types.ts';
import { composeYaml, type PolicyFile } from '../yaml/compose-yaml.ts';
import type { MapNode, Placed, YamlNode } from '../yaml/node.ts';

/**
 * The lines of a file with everything below a key that holds secrets starred out, but for the names of files and
 * variables. Undefined where the YAML is broken, so that it cannot be said what is secret.
 */
export function maskSecrets(file: PolicyFile): readonly string[] | undefined {
  if (!masked.has(file)) masked.set(file, maskedLines(file));
  return masked.get(file);
}

/** A file with many findings is masked once. */
const masked = new WeakMap<PolicyFile, readonly string[] | undefined>();

function maskedLines(file: PolicyFile): readonly string[] | undefined {
  const lines = file.text.split('\n');
  if (!mentionsSecretKey(file.text)) return lines;
  const documents = composeYaml(file);
  if (documents.some(({ findings }) => findings.length > 0)) return undefined;
  for (const { root } of documents) {
    for (const secret of root === undefined ? [] : secretsOf(root)) mask(lines, secret.at, secret.length);
  }
  return lines;
}

interface Visit {
  readonly node: YamlNode;
  readonly isSecret: boolean;
}

function secretsOf(root: YamlNode): readonly Placed[] {
  const secrets: Placed[] = [];
  // An anchor may be reached many times, and may be secret at one place only.
  const seen = { open: new Set<YamlNode>(), secret: new Set<YamlNode>() };
  const queue: Visit[] = [{ node: root, isSecret: false }];
  for (const { node, isSecret } of queue) {
    const known = isSecret ? seen.secret : seen.open;
    if (known.has(node)) continue;
    known.add(node);
    if (isSecret && node.kind === 'scalar') secrets.push(node);
    if (node.kind === 'list') for (const item of node.items) queue.push({ node: item, isSecret });
    if (node.kind === 'map') visitEntries(node, isSecret, queue, secrets);
  }
  return secrets;
}

function visitEntries({ entries }: MapNode, isSecret: boolean, queue: Visit[], secrets: Placed[]): void {
  for (const [key, { key: place, value }] of entries) {
    const isOpen = /^(?:file|env)$/.test(key) && value.kind === 'scalar';
    if (isSecret && !isOpen) secrets.push(place);
    queue.push({ node: value, isSecret: isSecret ? !isOpen : isSecretKey(key) });
  }
}

function mask(lines: string[], { line, column }: SourcePosition, length: number): void {
  let left = length;
  let from = column - 1;
  for (let index = line - 1; left > 0 && index < lines.length; index++) {
    const text = lines[index] ?? '';
    const to = Math.min(text.length, from + left);
    lines[index] = text.slice(0, from) + '*'.repeat(Math.max(0, to - from)) + text.slice(to);
    // The line end counts as one character.
    left -= text.length - from + 1;
    from = 0;
  }
}
