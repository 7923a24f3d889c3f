import { describe, expect, test } from '@jest/globals';

import { isPolicyFile } from './file-form.ts';

describe('isPolicyFile', () => {
  test.each([
    ['apiVersion: paymesh.dev/v1\nkind: Route', true],
    ['# comment\n---\nkind: Route', true],
    ['{apiVersion: paymesh.dev/v1, kind: Route}', true],
    ['"apiVersion" : x', true],
    ['domain: shop', false],
    ['domian: shop', false],
    ['domain: shop\ndescriptors:\n- key: kind\n  metadata: {apiVersion: 1}', false],
    ['domain: shop\ndescriptors:\n- metadata:\n    kind: a', false],
    ['', false],
    ['[', false],
  ])('%j: %s', (text, expected) => {
    expect(isPolicyFile({ path: 'x.yaml', text })).toBe(expected);
  });
});
