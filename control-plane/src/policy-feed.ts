import type { Logger } from '@paymesh/common/log';
import { type Finding, findingLine, type LoadedPolicies } from '@paymesh/common/policy';
import type { SourceFile } from '@paymesh/common/source';

import type { CompileResult } from './compiler/index.ts';
import type { MeshIr } from './ir/index.ts';
import type { JwksFiles } from './jwks-files.ts';
import { limitFiles } from './limit-files.ts';
import type { ApplyResult, ControlPlaneMetrics } from './metrics.ts';
import type { LoadedMesh } from './policy-folder.ts';
import {
  type BuildResult,
  formatViolation,
  type MeshSnapshot,
  type SnapshotStore,
} from './snapshot/index.ts';

/** The pure steps from documents to resources. */
export interface Pipeline {
  readonly compile: (documents: LoadedPolicies['documents'], jwks?: JwksFiles) => CompileResult;
  readonly build: (ir: MeshIr, limits: readonly SourceFile[]) => BuildResult;
}

export interface PolicyFeedOptions {
  readonly pipeline: Pipeline;
  readonly store: SnapshotStore;
  readonly metrics: Pick<ControlPlaneMetrics, 'loaded' | 'revision'>;
  readonly log: Logger;
}

/** What is in force, and what the newest set of policies lacked. */
export interface FeedState {
  readonly ir: MeshIr | undefined;
  /** What `ir` was made of. */
  readonly documents: LoadedPolicies['documents'];
  readonly lastGoodSinceMs: number | undefined;
  /** The newest set was rejected: what is in force is older than the files. */
  readonly isBehind: boolean;
  readonly findings: readonly Finding[];
  /** Why, though no finding says so: a folder that is empty or cannot be read, or a defect of Paymesh. */
  readonly failure?: string;
}

/** Turns each good set of policies into the state that is served; a bad one changes nothing. */
export interface PolicyFeed {
  apply(loaded: LoadedMesh): ApplyResult;
  /** The files cannot be read: what is in force may be older than they are. */
  unreadable(error: Error): void;
  state(): FeedState;
}

type Outcome =
  | {
      readonly kind: 'good';
      readonly ir: MeshIr;
      readonly mesh: MeshSnapshot;
      readonly findings: readonly Finding[];
    }
  | ({ readonly kind: 'bad' } & Rejection);

/** What stands in the way of a set. */
interface Rejection {
  readonly findings: readonly Finding[];
  readonly failure?: string;
}

const EMPTY: Outcome = {
  kind: 'bad',
  findings: [],
  failure:
    'no policies in the folder: expected those of the mesh; an empty folder takes nothing out of force',
};

/** A feed that has not seen a set of policies yet: nothing is in force. */
export function createPolicyFeed({ pipeline, store, metrics, log }: PolicyFeedOptions): PolicyFeed {
  let state: FeedState = {
    ir: undefined,
    documents: [],
    lastGoodSinceMs: undefined,
    isBehind: false,
    findings: [],
  };

  function reject({ findings, failure }: Rejection): 'rejected' {
    const { ir, documents, lastGoodSinceMs } = state;
    const why = { findings, ...(failure === undefined ? {} : { failure }) };
    state = { ir, documents, lastGoodSinceMs, isBehind: true, ...why };
    const stays = store.current() === undefined ? 'none are in force' : 'the last good ones stay in force';
    log.error({ findings: findings.length, failure }, `policies rejected: ${stays}`);
    return 'rejected';
  }

  function take(loaded: LoadedMesh): ApplyResult {
    const outcome = isEmpty(loaded) ? EMPTY : run(pipeline, loaded);
    for (const finding of outcome.findings) log.warn({ finding: findingLine(finding) }, 'finding');
    if (outcome.kind === 'bad') return reject(outcome);
    const { ir, mesh, findings } = outcome;
    const isNew = mesh.revision !== store.current()?.revision;
    const lastGoodSinceMs = isNew ? Date.now() : state.lastGoodSinceMs;
    // Before the publish, so that whoever is told of the new state finds its provenance.
    state = { ir, documents: loaded.documents, lastGoodSinceMs, isBehind: false, findings };
    if (!store.publish(mesh)) return 'unchanged';
    metrics.revision(mesh.revision);
    log.info({ revision: mesh.revision, proxies: mesh.nodes.size }, 'policies in force');
    return 'applied';
  }

  return {
    apply: (loaded) => {
      const startedMs = performance.now();
      const result = take(loaded);
      metrics.loaded(result, (performance.now() - startedMs) / 1_000);
      return result;
    },
    unreadable: (error) => {
      metrics.loaded(reject({ findings: [], failure: error.message }), 0);
    },
    state: () => state,
  };
}

/** A folder is empty while it is being filled or replaced, or when its mount is gone: nobody takes a mesh down that way. */
export function isEmpty({ documents, hasErrors }: LoadedPolicies): boolean {
  return !hasErrors && documents.length === 0;
}

function run({ compile, build }: Pipeline, loaded: LoadedMesh): Outcome {
  if (loaded.hasErrors) return { kind: 'bad', findings: loaded.findings };
  try {
    const { ir, findings: compiled } = compile(loaded.documents, loaded.jwks);
    const findings = [...loaded.findings, ...compiled];
    if (findings.some(({ severity }) => severity === 'error')) return { kind: 'bad', findings };
    const built = build(ir, limitFiles(loaded));
    if ('snapshot' in built) return { kind: 'good', ir, mesh: built.snapshot, findings };
    // Resources that Envoy would refuse are never served.
    return { kind: 'bad', findings, failure: built.violations.map(formatViolation).join('\n') };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { kind: 'bad', findings: loaded.findings, failure };
  }
}
