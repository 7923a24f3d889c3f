import { describe, expect, test } from '@jest/globals';

import type { RouteIr } from '../ir/index.ts';
import { routeOf } from '../snapshot/testing/index.ts';
import { refuseAmbiguousPaths } from './ambiguous-path.ts';

const open = routeOf({ name: 'pay/open#0', clusters: ['pay/payments'] });
const signed: RouteIr = { ...open, signing: { policy: 'pay/p', isShadow: false, maxBodyBytes: 1 } };

function refused(...routes: readonly RouteIr[]) {
  const host = { name: 'gateway', domains: ['*'], routes };
  const extAuthz = { cluster: 'paymesh/ext-authz', timeoutMs: 1 };
  return refuseAmbiguousPaths(host, { direction: 'gateway', virtualHosts: [host], extAuthz });
}

describe('refuseAmbiguousPaths', () => {
  test('leaves a host alone on which nothing is signed', () => {
    expect(refused(open)).toEqual([]);
  });

  test('answers by itself, and asks nobody', () => {
    const [route] = refused(open, signed);
    expect(route?.action).toMatchObject({ case: 'directResponse', value: { status: 400 } });
    expect(Object.keys(route?.typedPerFilterConfig ?? {})).toEqual(['envoy.filters.http.ext_authz']);
  });

  test.each([
    ['/open/..;/signed', true],
    ['/signed;x', true],
    ['/a%3Bb', true],
    ['/a%252e', true],
    ['/a%c0%ae', true],
    ['/a%u002f', true],
    ['/v1/payments/a-b_c.d~e:f@g,h', false],
    ['/a%20b%C3%A9', false],
    ['/100%25', false],
  ])('%s: %s', (path, isRefused) => {
    const specifier = refused(signed)[0]?.match?.pathSpecifier;
    const regex = specifier?.case === 'safeRegex' ? specifier.value.regex : '';
    expect(new RegExp(`^(?:${regex})$`).test(path)).toBe(isRefused);
  });
});
