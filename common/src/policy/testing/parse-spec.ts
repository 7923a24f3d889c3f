import { loadPolicies } from '../load-policies.ts';
import { parsePolicyFiles } from '../parse-policy-files.ts';
import type { Finding, Kind, PolicyDocument } from '../types.ts';

/** One document `pay/x` of a kind in the file `p.yaml`; its spec begins at line 5, column 3. */
function documentText(kind: Kind, spec: string): string {
  const body = spec.trim().split('\n').join('\n  ');
  return `apiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: x, namespace: pay}\nspec:\n  ${body}\n`;
}

/** The spec as it was read; the findings as text when there are some. */
export function parseSpec(kind: Kind, spec: string): PolicyDocument['spec'] | readonly string[] {
  const { documents, findings } = parsePolicyFiles([{ path: 'p.yaml', text: documentText(kind, spec) }]);
  const [document] = documents;
  if (document === undefined || findings.length > 0) return findings.map(findingText);
  return document.spec;
}

/** A finding on one line: `p.yaml:5:3 PM2102 spec.attempts: expected ...; got ... (hint)`. */
export function findingText({ at, code, path, expected, got, hint }: Finding): string {
  const place = `${at.file}:${at.line}:${at.column} ${code}`;
  const tail = hint === undefined ? '' : ` (${hint})`;
  return `${place} ${path}: expected ${expected}; got ${got}${tail}`;
}

/** Lines of YAML. */
export function lines(...text: readonly string[]): string {
  return text.join('\n');
}

/** One short document `kind namespace/name` on four lines; its spec begins at line 4, column 7. */
export function shortDocument(kind: Kind, id: string, spec: string): string {
  const [namespace = '', name = ''] = id.split('/');
  return lines(
    'apiVersion: paymesh.dev/v1',
    `kind: ${kind}`,
    `metadata: {name: ${name}, namespace: ${namespace}}`,
    `spec: ${spec}`,
  );
}

/** A mesh without findings, one document a line, to which tests add what they check. */
export const goodMesh: Readonly<Record<string, string>> = {
  defaults: shortDocument(
    'MeshDefaults',
    'default/default',
    '{controlPlane: {listen: "127.0.0.1:1", admin: "127.0.0.1:2"}, extAuthz: {endpoints: ["127.0.0.1:3"], admin: "127.0.0.1:4"}, rateLimiter: {endpoints: ["127.0.0.1:5"], admin: "127.0.0.1:6"}}',
  ),
  service: shortDocument('Service', 'pay/payments', '{}'),
  other: shortDocument('Service', 'psp/wechat', '{}'),
  edge: shortDocument('Workload', 'pay/edge', '{gateway: edge, port: 10, proxy: {admin: 11}}'),
  instance: shortDocument(
    'Workload',
    'pay/payments-1',
    '{service: payments, port: 20, proxy: {inbound: 21, outbound: 22, admin: 23}}',
  ),
  otherInstance: shortDocument(
    'Workload',
    'psp/wechat-1',
    '{service: wechat, port: 30, proxy: {inbound: 31, outbound: 32, admin: 33}}',
  ),
  charge: shortDocument(
    'Route',
    'pay/charge',
    '{service: payments, parent: edge, match: [{method: POST, path: {exact: /v1/payments}}]}',
  ),
  query: shortDocument(
    'Route',
    'pay/query',
    '{service: payments, match: [{method: GET, path: {template: "/v1/payments/{id}"}}]}',
  ),
  keys: shortDocument('KeySet', 'pay/merchants', '{keys: [{id: a, owner: m, secret: {env: A}}]}'),
  merchants: shortDocument(
    'KeySet',
    'pay/good-keys',
    '{keys: [{id: good, owner: good, algorithm: hmac-sha256, secret: {env: GOOD}}]}',
  ),
  // Off: says that unsigned calls are meant, and leaves the route to the policies of the tests.
  unsigned: shortDocument(
    'SigningPolicy',
    'pay/good-unsigned',
    '{targetRefs: [{kind: Service, name: payments}, {kind: Service, name: wechat, namespace: psp}], mode: Off, maxBody: 64KiB, verify: {scheme: hmac-sha256, keys: {from: keyset/good-keys, id: header(X-Key-Id)}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}, replay: {window: 300s, skew: 30s, nonceStore: embedded, onStoreDown: Deny}}',
  ),
};

/**
 * The findings of the good mesh with documents added or, under a name of the mesh, replaced; each
 * document is in a file of its own, `NAME.yaml`.
 */
export function findingsWith(added: Readonly<Record<string, string>>, nowMs?: number): readonly string[] {
  const files = Object.entries({ ...goodMesh, ...added })
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({ path: `${name}.yaml`, text }));
  return loadPolicies(files, nowMs === undefined ? {} : { nowMs }).findings.map(findingText);
}
