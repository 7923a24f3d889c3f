import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { routeMatch } from './route-match.ts';

describe('routeMatch', () => {
  test('a method is one header', () => {
    expect(routeMatch({ method: 'POST', path: { kind: 'exact', value: '/a' } }).headers).toHaveLength(1);
    expect(routeMatch({ path: { kind: 'exact', value: '/a' } }).headers).toHaveLength(0);
  });

  test.each([
    ['/', { case: 'prefix', value: '/' }],
    ['/static/', { case: 'prefix', value: '/static/' }],
    ['/v1/pay', { case: 'pathSeparatedPrefix', value: '/v1/pay' }],
  ])('prefix %s ends at a slash', (value, expected) => {
    expect(routeMatch({ path: { kind: 'prefix', value } }).pathSpecifier).toEqual(expected);
  });

  test.each([
    ['/v1/payments/{id}', '/v1/payments/p-1', true],
    ['/v1/payments/{id}', '/v1/payments/', false],
    ['/v1/payments/{id}', '/v1/payments/p-1/refunds', false],
    ['/v1/payments/{id}/refunds/{r}', '/v1/payments/p/refunds/1', true],
    ['/v1.0/{id}', '/v1x0/a', false],
    ['/a+b(c)/{id}', '/a+b(c)/x', true],
  ])('template %s and %s: %s', (template, path, expected) => {
    expect(regexOf(template).test(path)).toBe(expected);
  });

  test('what stands outside of braces is literal', () => {
    const literal = fc.stringMatching(/^[^{}/\n]{1,20}$/);
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        expect(regexOf(`/${a}/{id}/${b}`).test(`/${a}/x/${b}`)).toBe(true);
      }),
    );
  });
});

/** Envoy matches the whole path. */
function regexOf(template: string): RegExp {
  const { pathSpecifier } = routeMatch({ path: { kind: 'template', value: template } });
  if (pathSpecifier.case !== 'safeRegex') throw new Error('no regex');
  return new RegExp(`^(?:${pathSpecifier.value.regex})$`);
}
