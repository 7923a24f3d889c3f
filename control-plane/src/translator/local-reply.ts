import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type AccessLogFilterSchema,
  ComparisonFilter_Op,
  HeaderValueOption_HeaderAppendAction,
  type LocalReplyConfig,
  LocalReplyConfigSchema,
  type ResponseMapperSchema,
} from '@paymesh/common/envoy';

import { EXT_AUTHZ } from './filters/names.ts';
import { quotaHeader } from './filters/quota-style.ts';
import { HEADER } from './header-names.ts';

type Filter = MessageInitShape<typeof AccessLogFilterSchema>;
type Mapper = MessageInitShape<typeof ResponseMapperSchema>;

/** Upstream timeout, connection lost, reset by either side, protocol error, idle stream. */
const MAYBE_SENT = ['UT', 'UC', 'UR', 'LR', 'UPE', 'SI', 'UMSDR'];

/** Connect failed, no healthy host, breaker full, no such cluster, dropped on overload. */
const NOT_SENT = ['UF', 'UH', 'UO', 'NC', 'DO', 'OM'];

const PROBLEM_JSON = 'application/problem+json';

/** ext-authz words its denials itself. */
const OWN_BODY: Mapper['bodyFormatOverride'] = {
  contentType: PROBLEM_JSON,
  format: {
    case: 'textFormatSource',
    value: { specifier: { case: 'inlineString', value: '%LOCAL_REPLY_BODY%' } },
  },
};

const NOT_SENT_HEADER = {
  header: { key: HEADER.notSent, value: 'true' },
  appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
} as const;

/**
 * The answers that Envoy gives by itself, as problem+json. An upstream's own answer is never touched. The
 * important part is what they say about money: `upstream_unreachable` means that nothing was sent,
 * `outcome_unknown` that the upstream may have done it. First match wins.
 */
export const LOCAL_REPLY_CONFIG: LocalReplyConfig = create(LocalReplyConfigSchema, {
  mappers: [
    {
      filter: all(flags('UAEX'), status(503), undecided()),
      ...problem('authz_unavailable', 'Signature check unavailable'),
    },
    { filter: flags('UAEX'), bodyFormatOverride: OWN_BODY },
    { filter: flags('RLSE'), ...problem('limiter_unavailable', 'Rate limiter unavailable') },
    { filter: flags('RL'), ...problem('rate_limited', 'Too many requests') },
    // Before the next one: with a full retry breaker a lost answer carries UO beside UC.
    { filter: flags(...MAYBE_SENT), statusCode: 504, ...problem('outcome_unknown', 'Outcome unknown') },
    // The flags tell of the last try only; on these routes an earlier one may have been sent.
    {
      filter: all(flags(...NOT_SENT), present(HEADER.resend), isLaterTry()),
      statusCode: 504,
      ...problem('outcome_unknown', 'Outcome unknown'),
    },
    {
      filter: flags(...NOT_SENT),
      statusCode: 503,
      headersToAdd: [NOT_SENT_HEADER],
      ...problem('upstream_unreachable', 'Upstream not reached'),
    },
    { filter: flags('NR'), ...problem('no_route', 'No such route') },
    // Of the proxy's own filters: what ext-authz denies has its words above.
    { filter: status(401), ...problem('bad_identity', 'The caller has not proven who it is.') },
    { filter: status(403), ...problem('access_denied', 'The caller may not do this.') },
    { filter: status(413), ...problem('body_too_large', 'Body too large') },
    { filter: status(408), ...problem('request_timeout', 'Request not received in time') },
    // The guard of a route, whose flag Envoy 1.40 sets only after the body is made.
    { filter: status(429), ...problem('rate_limited', 'Too many requests') },
    // A quota that is used up, likewise (RFCF), with whatever status its policy has. All else has its words above.
    { filter: present(quotaHeader(0)), ...problem('rate_limited', 'Too many requests') },
  ],
  bodyFormat: problem('refused', 'Request refused').bodyFormatOverride,
});

/** Keys sorted, as Envoy writes them. Details of the failure stay in the log: they name policies and hosts. */
function problem(code: string, title: string): Pick<Mapper, 'bodyFormatOverride'> {
  return {
    bodyFormatOverride: {
      contentType: PROBLEM_JSON,
      format: {
        case: 'jsonFormat',
        value: {
          code,
          request_id: '%REQ(X-REQUEST-ID)%',
          status: '%RESPONSE_CODE%',
          title,
          type: 'about:blank',
        },
      },
    },
  };
}

function all(...filters: Filter[]): Filter {
  return { filterSpecifier: { case: 'andFilter', value: { filters } } };
}

function flags(...names: string[]): Filter {
  return { filterSpecifier: { case: 'responseFlagFilter', value: { flags: names } } };
}

function status(code: number): Filter {
  return {
    filterSpecifier: {
      case: 'statusCodeFilter',
      value: {
        comparison: {
          op: ComparisonFilter_Op.EQ,
          value: { defaultValue: code, runtimeKey: `paymesh.local_reply.status_${code}` },
        },
      },
    },
  };
}

/** True when ext-authz was not there to decide: its own denials, also its own 503, carry a decision. */
function undecided(): Filter {
  return {
    filterSpecifier: {
      case: 'metadataFilter',
      value: {
        matcher: {
          filter: EXT_AUTHZ,
          path: [{ segment: { case: 'key', value: 'decision' } }],
          value: {
            matchPattern: { case: 'stringMatch', value: { matchPattern: { case: 'exact', value: 'none' } } },
          },
        },
        matchIfKeyNotFound: true,
      },
    },
  };
}

function present(name: string): Filter {
  return {
    filterSpecifier: {
      case: 'headerFilter',
      value: { header: { name, headerMatchSpecifier: { case: 'presentMatch', value: true } } },
    },
  };
}

function isLaterTry(): Filter {
  return {
    filterSpecifier: {
      case: 'headerFilter',
      value: {
        header: {
          name: HEADER.attemptCount,
          headerMatchSpecifier: {
            case: 'stringMatch',
            value: { matchPattern: { case: 'exact', value: '1' } },
          },
          invertMatch: true,
        },
      },
    },
  };
}
