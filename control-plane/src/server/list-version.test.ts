import { describe, expect, test } from '@jest/globals';

import { listVersion } from './list-version.ts';
import { plain } from './testing/sotw-client.ts';

function version(...contents: readonly (readonly [string, string])[]): string {
  return listVersion(new Map(contents.map(([name, content]) => [name, plain('cluster', name, content)])));
}

describe('listVersion', () => {
  test('is the same for the same content', () => {
    expect(version(['a', '1'], ['b', '2'])).toBe(version(['a', '1'], ['b', '2']));
  });

  test.each<[string, string]>([
    ['other content', version(['a', '2'])],
    ['another name', version(['b', '1'])],
    ['one more', version(['a', '1'], ['b', '1'])],
    ['none', version()],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(version(['a', '1']));
    expect(other).not.toBe('');
  });

  test('names that hold separators do not collide', () => {
    expect(version(['a', '1'], ['b', '2'])).not.toBe(version(['a=1\n1:b', '2']));
  });
});
