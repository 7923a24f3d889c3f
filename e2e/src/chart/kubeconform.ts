import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ChartTools } from './tools.ts';

/** What kubeconform says of some files. */
export interface Conformity {
  /** `FILE KIND NAME: what is wrong`, one for each object that a cluster would not take. */
  readonly refused: readonly string[];
  readonly valid: number;
  /** Objects that were not looked at. */
  readonly skipped: number;
}

interface Report {
  readonly resources: readonly Resource[];
  readonly summary: { readonly valid: number; readonly skipped: number };
}

interface Resource {
  readonly filename: string;
  readonly kind: string;
  readonly name: string;
  readonly msg: string;
}

const VERSION = '1.34.0';
/** Kinds of the Prometheus Operator: no registry has their schemas, so the fields that the chart uses are here. */
const OPERATOR = fileURLToPath(new URL('schemas', import.meta.url));
const TIMEOUT_MS = 120_000;

/**
 * Checks every object of the YAML files in `folder`, strictly. Schemas are made in `scratch`. One call for many files: the
 * schema of a kind is read once in each.
 */
export function conformity(tools: ChartTools, folder: string, scratch: string): Conformity {
  mkdirSync(scratch, { recursive: true });
  copySchemas(join(tools.schemas, `v${VERSION}-local-strict`), scratch);
  const args = ['-strict', '-summary', '-output', 'json', '-n', '1', '-kubernetes-version', VERSION];
  const locations = [scratch, OPERATOR].flatMap((path) => [
    '-schema-location',
    join(path, '{{.ResourceKind}}{{.KindSuffix}}.json'),
  ]);
  const run = spawnSync(tools.kubeconform, [...args, ...locations, folder], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (run.stdout === '') throw new Error(`kubeconform: ${run.stderr || String(run.error ?? run.signal)}`);
  const { resources, summary } = JSON.parse(run.stdout) as Report;
  const refused = resources.map(({ filename, kind, name, msg }) => {
    const file = filename.slice(folder.length + 1);
    return `${file} ${kind} ${name}: ${msg}`;
  });
  return { refused, valid: summary.valid, skipped: summary.skipped };
}

/** The package has its definitions beside the schemas, but refers to them by a URL of kubernetes.io. */
function copySchemas(from: string, to: string): void {
  for (const file of readdirSync(from)) {
    const text = readFileSync(join(from, file), 'utf8');
    const local = text.replaceAll('"/api/_definitions.json#', '"_definitions.json#');
    writeFileSync(join(to, file), local.replace(/,\s*"\$id": "[^"]*"/, ''));
  }
}
