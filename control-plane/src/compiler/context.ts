import type { Finding, PolicyDocument } from '@paymesh/common/policy';

import { BUILT_IN } from './built-in.ts';
import { createFinding, type FindingInput } from './findings.ts';
import { builtIn, defaultLeaf, type Leaf } from './merge.ts';
import { groupMesh, type Mesh } from './mesh.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { indexTargets, type Targets } from './targets.ts';

/** What every step of one compilation shares. */
export interface Context {
  readonly mesh: Mesh;
  readonly targets: Targets;
  readonly defaults: Settings;
  /** MeshDefaults.overrides: no policy goes beyond. */
  readonly attemptsMax: Leaf<number>;
  /** Text of the JWKS file of an AccessPolicy by `namespace/name`; absent where it could not be read. */
  readonly jwks: ReadonlyMap<string, string>;
  readonly report: (finding: FindingInput) => void;
}

/** Groups and indexes the documents; reported findings are appended to `findings`. */
export function createContext(
  documents: readonly PolicyDocument[],
  jwks: Context['jwks'],
  findings: Finding[],
): Context {
  const mesh = groupMesh(documents);
  return {
    mesh,
    targets: indexTargets(documents),
    defaults: defaultSettings(mesh),
    attemptsMax:
      mesh.defaults === undefined
        ? builtIn(BUILT_IN.attemptsMax)
        : defaultLeaf(
            mesh.defaults,
            'spec.overrides.retry.attemptsMax',
            mesh.defaults.spec.overrides.retry.attemptsMax,
          ),
    jwks,
    report: (finding) => findings.push(createFinding(finding)),
  };
}
