import { parseAllDocuments } from 'yaml';

/** A Kubernetes object, as far as the tests look into it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: ManifestSpec;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface ManifestSpec extends Partial<PodSpec> {
  readonly template?: { readonly metadata: Omit<Metadata, 'name'>; readonly spec: PodSpec };
  readonly ports?: readonly { readonly name: string; readonly targetPort: string }[];
  readonly selector?: Readonly<Record<string, unknown>>;
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly securityContext: unknown;
  readonly automountServiceAccountToken: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly subPath?: string }[];
  readonly securityContext: unknown;
}

/** The objects of a rendered chart. Throws where it is not YAML. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value: unknown = document.toJS();
    return value === null ? [] : [value as Manifest];
  });
}

/** The Pod that an object describes, if it does. */
export function podOf({ kind, spec }: Manifest): PodSpec | undefined {
  if (kind === 'Pod') return spec as PodSpec;
  return kind === 'Deployment' ? spec?.template?.spec : undefined;
}

/** All containers of a Pod, those that run before the others too. */
export function containersOf(pod: PodSpec): readonly Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/**
 * A rendering as it can be compared: without what is random in each, and without boards and rules, which are generated
 * and have tests of their own.
 */
export function comparable(text: string): string {
  return text
    .split(/^(?=---\n)/m)
    .filter(
      (document) => !/^# Source: paymesh\/templates\/(?:dashboards|prometheus-rule)\.yaml$/m.test(document),
    )
    .join('')
    .replace(/^( {2}[\w.-]+(?:\.key|\.pem)| {2}url| {2}password): .*$/gm, '$1: GENERATED')
    .replace(/^(\s+checksum\/(?:redis|keys)): .*$/gm, '$1: GENERATED');
}
