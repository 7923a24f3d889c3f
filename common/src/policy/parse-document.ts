import { specSchemas } from './kinds/schemas.ts';
import {
  anything,
  didYouMean,
  format,
  name,
  object,
  type ReadContext,
  type Reader,
  required,
  text,
  textMap,
  withDefault,
} from './schema/index.ts';
import type { Finding, Kind, Metadata, PolicyDocument, Reference, SourcePosition } from './types.ts';
import type { YamlDocument } from './yaml/compose-yaml.ts';
import type { YamlNode } from './yaml/node.ts';

/** What is known of a document that cannot be used, so that references to it are not findings too. */
export interface Outline {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace: string;
}

export interface ParsedDocument {
  /** Absent when a finding says why. */
  readonly document?: PolicyDocument;
  readonly outline: Outline;
  readonly findings: readonly Finding[];
  /** Of a document with errors those that could be read. */
  readonly references: readonly Reference[];
}

const API_VERSION = 'paymesh.dev/v1';
const DEFAULT_NAMESPACE = 'default';
const kinds = Object.keys(specSchemas) as Kind[];

const metadata: Reader<Metadata> = object<Metadata>({
  name: required('name', name),
  namespace: withDefault('namespace', name, DEFAULT_NAMESPACE),
  labels: withDefault('labels', textMap({ max: 64, maxValue: 256 }), {}),
  annotations: withDefault('annotations', textMap({ max: 64, maxValue: 4_096 }), {}),
});

interface Envelope {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: Metadata;
  /** Read by the schema of the kind. */
  readonly spec: unknown;
}

const apiVersion = text(API_VERSION, { code: 'PM1102', pattern: /^paymesh\.dev\/v1$/ });

const kind = format({
  code: 'PM1103',
  expected: `one of ${kinds.join(', ')}`,
  parse: (typed) => kinds.find((known) => known === typed),
  hint: (typed) => didYouMean(typed, kinds),
});

const envelope: Reader<Envelope> = object<Envelope>({
  apiVersion: required('apiVersion', apiVersion, { code: 'PM1101' }),
  kind: required('kind', kind, { code: 'PM1101' }),
  metadata: required('metadata', metadata, { code: 'PM1101' }),
  spec: required('spec', anything, { code: 'PM1101', why: 'what the document says' }),
});

/** Reads one YAML document as a policy document. */
export function parseDocument({ index, root, findings: broken }: YamlDocument): ParsedDocument {
  const outline = outlineOf(root);
  const subject = subjectOf(outline, index);
  if (broken.length > 0 || root === undefined) {
    return { outline, findings: broken.map((found) => ({ ...found, subject })), references: [] };
  }
  const findings: Finding[] = [];
  const references: Reference[] = [];
  const context: ReadContext = {
    subject,
    namespace: outline.namespace,
    positions: new Map<string, SourcePosition>(),
    findings,
    references,
  };
  const head = envelope.read({ node: root, path: '' }, context);
  const known = kinds.find((one) => one === outline.kind);
  const spec = known === undefined ? undefined : readSpec(root, known, context);
  if (head === undefined || spec === undefined) return { outline, findings, references };
  const { positions } = context;
  const document = { kind: head.kind, metadata: head.metadata, spec, at: root.at, positions };
  // The schema of a kind gives the spec of that kind.
  return { document: document as PolicyDocument, outline, findings, references };
}

/** Reads the spec also where the rest of the document has errors: all findings in one run. */
function readSpec(root: YamlNode, known: Kind, context: ReadContext): PolicyDocument['spec'] | undefined {
  const node = childAt(root, 'spec');
  return node === undefined ? undefined : specSchemas[known].read({ node, path: 'spec' }, context);
}

function subjectOf({ kind: documentKind, namespace, name: documentName }: Outline, index: number): string {
  if (documentKind === undefined || documentName === undefined) return `document ${index}`;
  return `${documentKind} ${namespace}/${documentName}`;
}

function outlineOf(root: YamlNode | undefined): Outline {
  const documentKind = textAt(root, 'kind');
  const meta = childAt(root, 'metadata');
  const documentName = textAt(meta, 'name');
  return {
    namespace: textAt(meta, 'namespace') ?? DEFAULT_NAMESPACE,
    ...(documentKind === undefined ? {} : { kind: documentKind }),
    ...(documentName === undefined ? {} : { name: documentName }),
  };
}

function textAt(node: YamlNode | undefined, key: string): string | undefined {
  const child = childAt(node, key);
  return child === undefined ? undefined : scalarText(child);
}

function childAt(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

function scalarText(node: YamlNode): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
