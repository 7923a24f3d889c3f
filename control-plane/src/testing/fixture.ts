import type { DocumentOf, Kind, PolicyDocument, SourcePosition } from '@paymesh/common/policy';

/** Documents for unit tests, without YAML. Goldens start from YAML. */
export interface FixtureInput<K extends Kind> {
  readonly kind: K;
  /** `namespace/name`. */
  readonly id: string;
  readonly spec: DocumentOf<K>['spec'];
  /** Paths that count as typed. Default none. */
  readonly typed?: readonly string[];
}

/** A document whose typed paths stand on the lines 2, 3, ... of `ID.yaml`. */
export function fixture<K extends Kind>({ kind, id, spec, typed = [] }: FixtureInput<K>): DocumentOf<K> {
  const [namespace = '', name = ''] = id.split('/');
  const at = (line: number): SourcePosition => ({ file: `${id}.yaml`, line, column: 1 });
  const document: Pick<PolicyDocument, 'kind' | 'metadata' | 'at' | 'positions'> & { spec: unknown } = {
    kind,
    metadata: { namespace, name, labels: {}, annotations: {} },
    spec,
    at: at(1),
    positions: new Map(typed.map((path, index) => [path, at(index + 2)])),
  };
  return document as DocumentOf<K>;
}
