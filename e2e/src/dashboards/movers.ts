import type { Expression } from './expressions.ts';

/** What is done to the mesh: every scenario, then what goes wrong beside them. */
export const STORIES = [
  'pay',
  'forged-signature',
  'replay',
  'stale-timestamp',
  'provider-notification',
  'burst',
  'instance-down',
  'psp-down',
  'psp-slow',
  'brown-out',
  'authz-down',
  'limiter-down',
  'control-plane-down',
  'bad-policy',
  'policy-edit',
  'certificate',
  'trial',
  'nack',
  'stuck-proxy',
  'breakers',
  'providers-failing',
  'store-down',
] as const;

export type Story = (typeof STORIES)[number];

/** The story that should move an expression, and how. */
export interface Mover {
  readonly story: Story;
  /**
   * `moves`: gives a value other than zero. `stands`: gives series, and zero is right. `silent`: gives none, which is
   * right for an alert of what no story can bring about; promtool shows that it fires.
   */
  readonly kind: 'moves' | 'stands' | 'silent';
  /** Why it is not `moves`. */
  readonly why?: string;
}

/** By title, `*` stands for any name; one mover for all expressions of a panel, or one for each legend. */
type Movers = Readonly<Record<string, Mover | Readonly<Record<string, Mover>>>>;

/** The mover of an expression: that of its very title, else the first whose pattern fits. */
export function moverOf({ file, panel, legend, kind }: Expression): Mover | undefined {
  const movers = MOVERS[file];
  if (kind === 'annotation') return moves('policy-edit');
  const [, found] =
    Object.entries(movers ?? {}).find(([title]) => title === panel) ??
    Object.entries(movers ?? {}).find(([title]) => patternOf(title).test(panel)) ??
    [];
  if (found === undefined || isMover(found)) return found;
  return found[legend];
}

function isMover(found: Movers[string]): found is Mover {
  return typeof found['story'] === 'string';
}

function patternOf(title: string): RegExp {
  return new RegExp(`^${title.split('*').map(escaped).join('.*')}$`);
}

function escaped(text: string): string {
  return text.replace(/[^\w ]/g, '\\$&');
}

function moves(story: Story): Mover {
  return { story, kind: 'moves' };
}

function stands(story: Story, why: string): Mover {
  return { story, kind: 'stands', why };
}

function silent(why: string): Mover {
  return { story: 'pay', kind: 'silent', why };
}

const RETRIED_ELSEWHERE = 'nothing on this route had to be tried again';
const RETRIED = 'what an ill instance answers is retried: no caller sees it';
const NO_ERRORS = 'no story makes it fail: no budget is used';

const OVERVIEW: Movers = {
  'Answers of gateway *': moves('pay'),
  'Requests by service': moves('pay'),
  'Error ratio by service': moves('providers-failing'),
  'Latency p99 by service': moves('pay'),
  'Top errors': moves('providers-failing'),
  'Answers of psp/psp-alipay': moves('psp-down'),
  'Latency of psp/psp-alipay': moves('psp-down'),
  'Answers of *': moves('pay'),
  'Latency of *': moves('pay'),
  'Instances of *': moves('pay'),
  'Answers on pay/alipay-notification': moves('provider-notification'),
  'Latency on pay/alipay-notification': moves('provider-notification'),
  'Answers on psp/alipay-charge': moves('providers-failing'),
  'Latency on psp/alipay-charge': moves('providers-failing'),
  'Answers on psp/alipay-query': moves('providers-failing'),
  'Latency on psp/alipay-query': moves('providers-failing'),
  'Answers on psp/wechat-query': moves('psp-slow'),
  'Latency on psp/wechat-query': moves('psp-slow'),
  'Answers on pay/payment-query': moves('brown-out'),
  'Latency on pay/payment-query': moves('brown-out'),
  'Answers on pay/trial': moves('trial'),
  'Latency on pay/trial': moves('trial'),
  'Answers on *': moves('pay'),
  'Latency on *': moves('pay'),
  'Retries on pay/charge': moves('instance-down'),
  'Retries on pay/payment-query': moves('brown-out'),
  'Retries on psp/channel-charge': moves('psp-down'),
  'Retries on psp/wechat-query': moves('psp-slow'),
  'Retries on psp/alipay-query': {
    retries: moves('providers-failing'),
    'that helped': stands('providers-failing', 'every try meets the same error'),
  },
  'Retries on *': stands('pay', RETRIED_ELSEWHERE),
};

const PAYMENTS: Movers = {
  'Payments by result': moves('pay'),
  'Success by channel': moves('pay'),
  'Time to pay, p99': moves('pay'),
  'Duplicates prevented': moves('pay'),
  'Charges by provider': moves('psp-down'),
  'Failover share': moves('psp-down'),
  'Notifications of providers': moves('provider-notification'),
  'Requests to simulated providers': moves('pay'),
  'Notifications under way': moves('store-down'),
  'Ledger imbalance': stands('pay', 'anything else would be lost money'),
  'Ledger postings': moves('pay'),
  'Payments by state': moves('pay'),
  'Oldest unfinished payment': moves('psp-slow'),
  'Risk decisions': moves('pay'),
  Orders: moves('pay'),
};

const DECISIONS: Movers = {
  Decisions: moves('pay'),
  'Denials by reason': moves('forged-signature'),
  'Would be denied (shadow)': moves('trial'),
  'Time of a decision': moves('pay'),
  'Checks as Envoys see them': {
    ok: moves('pay'),
    denied: moves('forged-signature'),
    error: moves('authz-down'),
  },
  'Refused by Envoys alone': moves('trial'),
  'Documents in force': moves('pay'),
  'Decisions of pay/merchant-signature': moves('pay'),
  'Decisions of pay/trial': moves('trial'),
  'Decisions of *': moves('provider-notification'),
  'Decisions on pay/*-notification': moves('provider-notification'),
  'Decisions on pay/payment-query': moves('brown-out'),
  'Decisions on pay/trial': moves('trial'),
  'Decisions on *': moves('pay'),
};

const RESILIENCE: Movers = {
  'Retry ratio': moves('instance-down'),
  'Retries that helped': moves('instance-down'),
  'Retries over the budget': moves('psp-slow'),
  Timeouts: moves('psp-slow'),
  'Connections that failed': moves('instance-down'),
  'Open breakers': {
    '{{service}} cx (default)': moves('breakers'),
    '{{service}} rq (default)': moves('breakers'),
    '{{service}} rq_pending (default)': moves('breakers'),
    '{{service}} rq_retry (default)': moves('psp-slow'),
    '{{service}} cx (high)': moves('breakers'),
    '{{service}} rq (high)': moves('breakers'),
    '{{service}} rq_pending (high)': moves('breakers'),
    '{{service}} rq_retry (high)': stands(
      'psp-down',
      'retries of a failover have no budget that could be used up',
    ),
  },
  'Requests left before the breaker opens': moves('pay'),
  'Requests refused by a breaker': moves('breakers'),
  'Ejected instances': moves('brown-out'),
  'Unhealthy instances': moves('instance-down'),
  Panic: moves('psp-down'),
  'Shares of the targets of *': moves('psp-down'),
  'Failovers within a request of *': moves('psp-down'),
  'Healthy targets of *': moves('psp-down'),
};

const LIMITS: Movers = {
  'Decisions by outcome': moves('burst'),
  'Calls as Envoys see them': {
    ok: moves('burst'),
    over_limit: moves('burst'),
    error: moves('limiter-down'),
  },
  Fallback: moves('store-down'),
  'Time of the store': moves('burst'),
  'Time of a call': moves('burst'),
  'Errors of the store': moves('store-down'),
  'Quotas kept by proxies': moves('trial'),
  'Outcomes of pay/trial/*': moves('trial'),
  'Utilisation of pay/trial/*': moves('trial'),
  'Outcomes of *': moves('burst'),
  'Utilisation of *': moves('burst'),
};

const SIGNING: Movers = {
  Replays: moves('replay'),
  'Remembered nonces': moves('pay'),
  'Time to claim a nonce': moves('pay'),
  'Claims the store could not decide': moves('store-down'),
  'Keys end in': moves('pay'),
  'Fetched keys are good for': moves('pay'),
  'Fetches of keys': moves('pay'),
  'Scheme on trial': moves('trial'),
  'Refused share of pay/merchant-signature': moves('forged-signature'),
  'Refused share of pay/trial': moves('trial'),
  'Refused share of *': moves('provider-notification'),
};

const CONTROL_PLANE: Movers = {
  'Revision in force': moves('pay'),
  'Sets of policies': moves('bad-policy'),
  'Time to compile': moves('policy-edit'),
  'Connected proxies': moves('pay'),
  'Proxies out of date': moves('stuck-proxy'),
  'Proxies without a control plane': moves('control-plane-down'),
  'Registered instances': moves('pay'),
  'First certificate ends in': moves('certificate'),
  Pushes: moves('policy-edit'),
  'Time until a proxy accepts': moves('policy-edit'),
  'Time until a change runs': moves('policy-edit'),
  'Refused by proxies (NACK)': moves('nack'),
  'Late answers': moves('stuck-proxy'),
};

const SLO: Movers = {
  'Budget left of psp/psp-alipay': moves('psp-down'),
  'Budget left of *': moves('pay'),
  'Burn rate of pay/ledger': stands('pay', NO_ERRORS),
  'Burn rate of pay/orders': stands('pay', NO_ERRORS),
  'Burn rate of pay/risk': stands('pay', NO_ERRORS),
  'Burn rate of pay/payments': stands('brown-out', RETRIED),
  'Burn rate of *': moves('providers-failing'),
  'Errors of pay/ledger': stands('pay', NO_ERRORS),
  'Errors of pay/orders': stands('pay', NO_ERRORS),
  'Errors of pay/risk': stands('pay', NO_ERRORS),
  'Errors of pay/payments': stands('brown-out', RETRIED),
  'Errors of *': moves('providers-failing'),
};

const MOVERS: Readonly<Record<string, Movers>> = {
  'dashboards/overview.json': OVERVIEW,
  'dashboards/payments.json': PAYMENTS,
  'dashboards/decisions.json': DECISIONS,
  'dashboards/resilience.json': RESILIENCE,
  'dashboards/limits.json': LIMITS,
  'dashboards/signing.json': SIGNING,
  'dashboards/control-plane.json': CONTROL_PLANE,
  'dashboards/slo.json': SLO,
  'rules/slo.yaml': {
    'slo:sli_error:*': moves('providers-failing'),
    'slo:sli_total:*': moves('pay'),
    SloBurnPage: moves('providers-failing'),
    SloBurnTicket: moves('providers-failing'),
  },
  'rules/control-plane.yaml': {
    ControlPlaneDown: moves('control-plane-down'),
    NackPresent: moves('nack'),
    ConfigRejected: moves('bad-policy'),
    ConfigLagHigh: moves('stuck-proxy'),
    ProxiesOutOfDate: moves('stuck-proxy'),
    CertExpiring: moves('certificate'),
    RedisCertExpiring: moves('pay'),
  },
  'rules/policies.yaml': {
    AuthzDown: moves('authz-down'),
    AuthzFailOpen: silent('no policy can make a proxy pass what was not checked'),
    ReplayStoreDown: moves('store-down'),
    ReplaySpike: moves('replay'),
    SignatureFailureSpike: moves('trial'),
    KeyExpiring: moves('pay'),
    KeyExpiringSoon: moves('pay'),
    LimiterDown: moves('limiter-down'),
    LimiterStoreDown: moves('store-down'),
    RateLimitNear: moves('burst'),
    RateLimitOverSustained: moves('burst'),
  },
  'rules/resilience.yaml': {
    RetryStorm: moves('providers-failing'),
    RetryBudgetExhausted: moves('psp-slow'),
    BreakerOpen: moves('breakers'),
    InstancesUnhealthy: moves('brown-out'),
    NoHealthyInstance: moves('psp-down'),
    FailoverActive: moves('psp-down'),
    AllPspDegraded: moves('providers-failing'),
  },
  'rules/payments.yaml': {
    LedgerImbalance: silent('a ledger out of balance cannot be had'),
    OutboxLag: silent('a payment would have to be unfinished for two minutes'),
    PaymentsFailing: moves('providers-failing'),
    WebhookBacklog: moves('store-down'),
  },
};
