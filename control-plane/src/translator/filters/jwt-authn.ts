import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import {
  FilterConfigSchema,
  HttpFilterSchema,
  JwtAuthenticationSchema,
  JwtPerRouteSchema,
  type JwtProviderSchema,
  type JwtRequirementSchema,
} from '@paymesh/common/envoy';
import { BEARER } from '@paymesh/common/policy';

import type { RouteIr, TokenIr, VirtualHostIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import { HEADER } from '../header-names.ts';
import { headerKey, payloadKey } from './condition.ts';
import type { FilterTranslation, TokenSet } from './filter.ts';
import { JWT_AUTHN } from './names.ts';

type Provider = MessageInitShape<typeof JwtProviderSchema>;
type Requirement = MessageInitShape<typeof JwtRequirementSchema>;

/**
 * Verifies tokens whose keys are in a file. Envoy takes issuers and keys from the listener only, so a new key is a new
 * listener; a route names what it requires.
 */
export const jwtAuthn: FilterTranslation = {
  chain: ({ tokenSets }) =>
    tokenSets.length === 0
      ? []
      : [
          create(HttpFilterSchema, {
            name: JWT_AUTHN,
            configType: { case: 'typedConfig', value: pack(JwtAuthenticationSchema, verifier(tokenSets)) },
            disabled: true,
          }),
        ],
  perRoute: ({ access }) =>
    access === undefined || access.tokens.length === 0 ? {} : requirement(access.tokens),
};

/** The sets of tokens that routes of a listener require, each once and in order. */
export function tokenSetsOf(virtualHosts: readonly VirtualHostIr[]): TokenSet[] {
  const routes: readonly RouteIr[] = virtualHosts.flatMap((host) => host.routes);
  const sets = routes.flatMap(({ access }) =>
    access === undefined || access.tokens.length === 0 ? [] : [access.tokens],
  );
  const byName = new Map(sets.map((set) => [nameOf(set), set]));
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
}

function nameOf(tokens: TokenSet): string {
  return tokens.map(({ policy }) => policy).join(',');
}

function requirement(tokens: TokenSet): Readonly<Record<string, Any>> {
  const named = create(JwtPerRouteSchema, {
    requirementSpecifier: { case: 'requirementName', value: nameOf(tokens) },
  });
  return {
    [JWT_AUTHN]: pack(
      FilterConfigSchema,
      create(FilterConfigSchema, { config: pack(JwtPerRouteSchema, named) }),
    ),
  };
}

function verifier(tokenSets: readonly TokenSet[]) {
  const tokens = tokenSets.flat();
  return create(JwtAuthenticationSchema, {
    providers: Object.fromEntries(tokens.map((token) => [token.policy, provider(token)])),
    requirementMap: Object.fromEntries(tokenSets.map((set) => [nameOf(set), allOf(set)])),
  });
}

function provider({ policy, issuer, audiences, header, clockSkewSeconds, jwks }: TokenIr): Provider {
  return {
    issuer,
    audiences: [...audiences],
    requireExpiration: true,
    // The service behind, and ext-authz, may want to look at it too.
    forward: true,
    // Named, or Envoy takes a token from the query as well.
    fromHeaders: [{ name: header, ...(header === 'authorization' ? { valuePrefix: BEARER } : {}) }],
    payloadInMetadata: payloadKey(policy),
    headerInMetadata: headerKey(policy),
    clockSkewSeconds,
    // Where ext-authz is asked it overwrites both.
    claimToHeaders: [
      { headerName: HEADER.principal, claimName: 'sub' },
      { headerName: HEADER.subject, claimName: 'sub' },
    ],
    jwksSourceSpecifier: {
      case: 'localJwks',
      value: { specifier: { case: 'inlineString', value: jwks } },
    },
  };
}

function allOf(tokens: TokenSet): Requirement {
  const requirements = tokens.map(one);
  const [only, ...others] = requirements;
  if (only !== undefined && others.length === 0) return only;
  return { requiresType: { case: 'requiresAll', value: { requirements } } };
}

/** One that may be left out must still be good when it is there. */
function one({ policy, isRequired }: TokenIr): Requirement {
  const named: Requirement = { requiresType: { case: 'providerName', value: policy } };
  if (isRequired) return named;
  const missing: Requirement = { requiresType: { case: 'allowMissing', value: {} } };
  return { requiresType: { case: 'requiresAny', value: { requirements: [named, missing] } } };
}
