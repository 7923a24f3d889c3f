import type { RuleFile } from './model.ts';

/** Whether the money of the sample services is right. */
export const paymentRules: RuleFile = {
  name: 'payments',
  rules: [
    {
      name: 'LedgerImbalance',
      severity: 'page',
      expr: 'max(abs(payment_ledger_imbalance_minor)) > 0',
      summary: 'The ledger is out of balance by {{ $value }} minor units',
      description: 'Debits and credits differ: money that cannot be explained.',
    },
    {
      name: 'OutboxLag',
      severity: 'page',
      expr: 'max(payment_outbox_lag_seconds) > 120',
      for: '2m',
      summary: 'A payment has been unfinished for {{ $value | humanizeDuration }}',
      description: 'What became of it at the provider is not known yet, or not posted.',
    },
    {
      name: 'PaymentsFailing',
      severity: 'page',
      expr: 'sum by (channel) (rate(payment_requests_total{result="succeeded"}[5m])) / (sum by (channel) (rate(payment_requests_total{result!~"replayed|running|mismatch"}[5m])) > 0.1) < 0.95',
      for: '5m',
      summary: 'Only {{ $value | humanizePercentage }} of payments by {{ $labels.channel }} succeed',
      description: 'More than 5 % of the payments that were tried do not succeed.',
    },
    {
      name: 'WebhookBacklog',
      severity: 'ticket',
      expr: 'sum(psp_sim_notifications_under_way) > 100',
      for: '5m',
      summary: '{{ $value }} notifications of providers wait',
      description: 'Payments refuses them or is slow; orders learn late that they are paid.',
    },
  ],
};
