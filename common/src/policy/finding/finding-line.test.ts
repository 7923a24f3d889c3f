import { describe, expect, test } from '@jest/globals';

import type { Finding } from '../types.ts';
import { findingLine } from './finding-line.ts';

const finding: Finding = {
  code: 'PM1103',
  severity: 'error',
  at: { file: 'a.yaml', line: 2, column: 7 },
  path: 'kind',
  expected: 'a kind',
  got: '"Rout"',
};

describe('findingLine', () => {
  test.each([
    ['without a subject', finding, 'a.yaml:2:7 error PM1103 kind: expected a kind; got "Rout"'],
    [
      'with a subject',
      { ...finding, subject: 'Route pay/charge' },
      'a.yaml:2:7 error PM1103 Route pay/charge kind: expected a kind; got "Rout"',
    ],
    [
      'of a whole document',
      { ...finding, subject: 'Route pay/charge', path: '' },
      'a.yaml:2:7 error PM1103 Route pay/charge: expected a kind; got "Rout"',
    ],
  ])('%s', (_name, given, expected) => {
    expect(findingLine(given)).toBe(expected);
  });
});
