import type { SourcePosition } from '../types.ts';
import { composeYaml, type PolicyFile } from '../yaml/compose-yaml.ts';
import type { Placed, YamlNode } from '../yaml/node.ts';

/**
 * The lines of a file with everything below a key `secret` starred out, but for the names of files and
 * variables. Undefined where the YAML is broken, so that it cannot be said what is secret.
 */
export function maskSecrets(file: PolicyFile): readonly string[] | undefined {
  const lines = file.text.split('\n');
  if (!/secret/i.test(file.text)) return lines;
  const { documents } = composeYaml(file);
  if (documents.some(({ isBroken }) => isBroken)) return undefined;
  const secrets: Placed[] = [];
  for (const { root } of documents) if (root !== undefined) collect(root, false, secrets, new Set());
  for (const secret of secrets) mask(lines, secret.at, secret.length);
  return lines;
}

function collect(node: YamlNode, isSecret: boolean, secrets: Placed[], seen: Set<YamlNode>): void {
  // An anchor may be reached many times, and may be secret at one place only.
  if (!isSecret && seen.has(node)) return;
  if (!isSecret) seen.add(node);
  switch (node.kind) {
    case 'scalar':
      if (isSecret) secrets.push(node);
      return;
    case 'list':
      for (const item of node.items) collect(item, isSecret, secrets, seen);
      return;
    case 'map':
      for (const [key, entry] of node.entries) {
        const isOpen = /^(?:file|env)$/.test(key) && entry.value.kind === 'scalar';
        if (isSecret && !isOpen) secrets.push(entry.key);
        collect(entry.value, isSecret ? !isOpen : /^secret$/i.test(key), secrets, seen);
      }
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
