import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import { limitFiles } from './limit-files.ts';

const KEYS = `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: { name: merchants, namespace: pay }
spec: { keys: [{ id: k1, owner: m, algorithm: hmac-sha256, secret: { env: HIDDEN } }] }`;

const limit = (name: string, target = '{ kind: Service, name: payments }') => `apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: { name: ${name}, namespace: pay }
spec:
  targetRefs: [${target}]
  limits: [{ name: all, per: [], rate: 5/m }] # per minute
  onLimited: { status: 429 }
  onStoreDown: { fallback: Open }`;

const route = (name: string) => `apiVersion: paymesh.dev/v1
kind: Route
metadata: { name: ${name}, namespace: pay }
spec: { service: payments, match: [{ method: POST, path: { exact: /${name} } }] }`;

/** What is served of one file. */
function served(text: string): string {
  const files = [{ path: 'mesh.yaml', text }];
  return limitFiles({ ...loadPolicies(files), files })[0]?.text ?? 'not served';
}

/** The text with the lines of all but these parts emptied. */
function only(text: string, ...parts: readonly string[]): string {
  const [part = ''] = parts.filter((one) => !text.includes(one));
  expect(part).toBe('');
  const marks = parts.map((one) => [text.indexOf(one), text.indexOf(one) + one.length] as const);
  let offset = 0;
  return text
    .split('\n')
    .map((line) => {
      const start = offset;
      offset += line.length + 1;
      return marks.some(([from, to]) => start >= from && start < to) ? line : '';
    })
    .join('\n');
}

describe('limitFiles', () => {
  test.each([
    ['alone', limit('a'), [limit('a')]],
    ['behind a KeySet', `${KEYS}\n---\n${limit('a')}\n`, [`---\n${limit('a')}\n`]],
    ['before a KeySet', `# mine\n${limit('a')}\n---\n${KEYS}\n`, [`# mine\n${limit('a')}`]],
    ['between two', `---\n${KEYS}\n---\n${limit('a')}\n---\n${KEYS}`, [`---\n${limit('a')}`]],
    ['behind an end mark', `${KEYS}\n...\n${limit('a')}\n...\n`, [`${limit('a')}\n...`]],
    ['behind a directive', `${KEYS}\n...\n%YAML 1.2\n---\n${limit('a')}`, [`%YAML 1.2\n---\n${limit('a')}`]],
    ['twice', `${limit('a')}\n---\n${KEYS}\n---\n${limit('b')}`, [limit('a'), `---\n${limit('b')}`]],
    [
      'on the line of the mark',
      `--- {kind: KeySet, secret: HIDDEN}\n---\n${limit('a')}`,
      [`---\n${limit('a')}`],
    ],
  ])('keeps the lines of a limit that stands %s, and no others', (_where, text, kept) => {
    const got = served(text);
    expect(got).toBe(only(text, ...kept));
    expect(got).not.toContain('HIDDEN');
  });

  test('keeps line endings of Windows', () => {
    const text = `${KEYS}\n---\n${limit('a')}\n`.replaceAll('\n', '\r\n');
    expect(served(text)).toBe(`${'\n'.repeat(4)}---\r\n${limit('a').replaceAll('\n', '\r\n')}\r\n`);
  });

  test('keeps the Routes that limits name, and no others', () => {
    const parts = [route('charge'), route('other'), limit('a', '{ kind: Route, name: charge }')];
    const text = parts.join('\n---\n');
    expect(served(text)).toBe(
      only(text, route('charge'), `---\n${limit('a', '{ kind: Route, name: charge }')}`),
    );
  });

  test('leaves files without limits out, and sorts the others', () => {
    const files = [
      { path: 'b.yaml', text: limit('b') },
      { path: 'keys.yaml', text: KEYS },
      { path: 'a.yaml', text: limit('a') },
    ];
    expect(limitFiles({ ...loadPolicies(files), files })).toEqual([files[2], files[0]]);
  });

  test('what is served means the same, at the same places', () => {
    const files = [{ path: 'mesh.yaml', text: `${KEYS}\n---\n${limit('a')}\n---\n${route('x')}` }];
    const all = loadPolicies(files).documents;
    const read = loadPolicies(limitFiles({ documents: all, files })).documents;
    expect(read).toHaveLength(1);
    expect(read).toEqual(all.filter(({ kind }) => kind === 'RateLimitPolicy'));
  });
});
