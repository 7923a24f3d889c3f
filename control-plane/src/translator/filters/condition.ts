import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  PathMatcherSchema,
  PrincipalSchema,
  StringMatcherSchema,
  ValueMatcherSchema,
} from '@paymesh/common/envoy';

import type { ConditionIr, TextIr } from '../../ir/index.ts';
import { JWT_AUTHN } from './names.ts';

type Principal = MessageInitShape<typeof PrincipalSchema>;
type Text = MessageInitShape<typeof StringMatcherSchema>;
type Value = MessageInitShape<typeof ValueMatcherSchema>;

/**
 * A condition as a principal of RBAC: of its two halves the one that can say all of it, method, path and headers
 * included, so that conditions nest as they do in a policy.
 */
export function principal(condition: ConditionIr): Principal {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? ANYBODY : set('andIds', condition.of);
    case 'any':
      return condition.of.length === 0
        ? { identifier: { case: 'notId', value: ANYBODY } }
        : set('orIds', condition.of);
    case 'not':
      return { identifier: { case: 'notId', value: principal(condition.of) } };
    case 'method':
      return header(':method', { kind: 'exact', value: condition.value });
    case 'path':
      return { identifier: { case: 'urlPath', value: path(condition.is) } };
    case 'source':
      return {
        identifier: {
          // What is behind X-Forwarded-For is remote_ip: the client's own word.
          case: 'directRemoteIp',
          value: { addressPrefix: condition.address, prefixLen: condition.prefix },
        },
      };
    case 'peer':
      return { identifier: { case: 'authenticated', value: { principalName: text(condition.is) } } };
    case 'header':
      return header(condition.name, condition.is ?? condition.isNot, condition.isNot !== undefined);
    case 'token':
      return tokenMember(condition);
  }
}

const ANYBODY: Principal = { identifier: { case: 'any', value: true } };

function set(kind: 'andIds' | 'orIds', of: readonly ConditionIr[]): Principal {
  return { identifier: { case: kind, value: { ids: of.map(principal) } } };
}

/** Envoy 1.40 takes one line that fits; inverted, it wants the header to be there and none to fit. */
function header(name: string, is: TextIr | undefined, isInverted = false): Principal {
  return {
    identifier: {
      case: 'header',
      value: {
        name,
        headerMatchSpecifier:
          is === undefined ? { case: 'presentMatch', value: true } : { case: 'stringMatch', value: text(is) },
        ...(isInverted ? { invertMatch: true } : {}),
      },
    },
  };
}

function path(is: TextIr): MessageInitShape<typeof PathMatcherSchema> {
  return { rule: { case: 'path', value: text(is) } };
}

/** Key under which the filter puts the claims of a verified token. */
export function payloadKey(policy: string): string {
  return policy;
}

/** Key under which it puts the header of a verified token. */
export function headerKey(policy: string): string {
  return `${policy}#header`;
}

function tokenMember({ policy, part, path: steps, is }: Extract<ConditionIr, { kind: 'token' }>): Principal {
  const keys = [part === 'claims' ? payloadKey(policy) : headerKey(policy), ...steps];
  const member = (value: Value): Principal => ({
    identifier: {
      case: 'sourcedMetadata',
      value: {
        metadataMatcher: {
          filter: JWT_AUTHN,
          path: keys.map((key) => ({ segment: { case: 'key', value: key } })),
          value,
        },
      },
    },
  });
  if (is === undefined) return member({ matchPattern: { case: 'presentMatch', value: true } });
  const single: Value = { matchPattern: { case: 'stringMatch', value: text(is) } };
  const item: Value = {
    matchPattern: { case: 'listMatch', value: { matchPattern: { case: 'oneOf', value: single } } },
  };
  return { identifier: { case: 'orIds', value: { ids: [member(single), member(item)] } } };
}

function text(is: TextIr): Text {
  switch (is.kind) {
    case 'exact':
    case 'contains':
      return {
        matchPattern: { case: is.kind, value: is.value },
        ...(is.ignoreCase === true ? { ignoreCase: true } : {}),
      };
    case 'prefix':
      return { matchPattern: { case: 'prefix', value: is.value } };
    case 'regex':
      return { matchPattern: { case: 'safeRegex', value: { regex: is.value } } };
  }
}
