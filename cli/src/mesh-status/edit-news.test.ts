import { describe, expect, test } from '@jest/globals';

import { editNews, type PolicyState } from './edit-news.ts';

const good: PolicyState = { revision: 'r1', isBehind: false, findings: [] };
const typo = (line: number) => ({
  code: 'PM1',
  severity: 'error' as const,
  at: { file: '/mesh/policies/a.yaml', line, column: 7 },
  path: 'kind',
  expected: 'a kind',
  got: '"Rout"',
});
const broken: PolicyState = { ...good, isBehind: true, findings: [typo(2)] };

const news = (before: PolicyState, now: PolicyState) => editNews(before, now, '/mesh');

describe('editNews', () => {
  test('tells a refused edit with its place, relative to where one stands', () => {
    expect(news(good, broken)).toBe(
      'policies refused; those before the edit stay in force:\npolicies/a.yaml:2:7 error PM1 kind: expected a kind; got "Rout"',
    );
  });

  test('tells why, where no finding does', () => {
    expect(news(good, { ...good, isBehind: true, failure: 'no policies in the folder' })).toContain(
      'no policies in the folder',
    );
  });

  test('tells the next mistake, and the same one once', () => {
    expect(news(broken, broken)).toBeUndefined();
    expect(news(broken, { ...broken, findings: [typo(3)] })).toContain('a.yaml:3:7');
  });

  test('tells a good edit with its warnings', () => {
    const warned = { ...good, revision: 'r2', findings: [{ ...typo(4), severity: 'warning' as const }] };
    expect(news(broken, warned)).toMatch(/^policies in force: revision r2\npolicies\/a\.yaml:4:7 warning/);
  });

  test('tells that a mistake was taken back', () => {
    expect(news(broken, good)).toContain('policies mended');
  });

  test('says nothing where nothing happened', () => {
    expect(news(good, good)).toBeUndefined();
  });

  test('leaves a path outside as it is', () => {
    expect(editNews(good, broken, '/elsewhere')).toContain('/mesh/policies/a.yaml:2:7');
  });
});
