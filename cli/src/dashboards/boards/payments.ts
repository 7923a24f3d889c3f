import type { Board, Panel } from '../model.ts';
import { quantile, rate, ratio, sumBy } from '../promql.ts';

const CREATES = 'payment_requests_total';
/** Answers that did not try to pay. */
const NOT_TRIED = 'result!~"replayed|running|mismatch"';

/** What the payments of the sample services come to. */
export function paymentsBoard(): Board {
  return {
    name: 'payments',
    title: 'Paymesh / Payments',
    description: 'Payments by channel and provider, and whether the books are right.',
    rows: [
      { title: 'Payments', panels: paymentPanels() },
      { title: 'Providers', panels: providerPanels() },
      { title: 'Books', panels: bookPanels() },
    ],
  };
}

function paymentPanels(): readonly Panel[] {
  return [
    {
      title: 'Payments by result',
      description: 'Creates answered, by what they came to.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('result', rate(CREATES)), legend: '{{result}}' }],
    },
    {
      title: 'Success by channel',
      description: 'Share of tried payments that succeeded. Replays of an idempotency key are not counted.',
      unit: 'percentunit',
      view: 'lines',
      queries: [
        {
          expr: ratio(
            sumBy('channel', rate(CREATES, 'result="succeeded"')),
            sumBy('channel', rate(CREATES, NOT_TRIED)),
          ),
          legend: '{{channel}}',
        },
      ],
    },
    {
      title: 'Time to pay, p99',
      description: 'Time from a create to its answer, slowest hundredth of each channel.',
      unit: 's',
      view: 'lines',
      queries: [{ expr: quantile(0.99, 'payment_duration_seconds', '', 'channel'), legend: '{{channel}}' }],
    },
    {
      title: 'Duplicates prevented',
      description: 'Creates that would have paid twice without their idempotency key.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('', rate('payment_duplicate_prevented_total')), legend: 'prevented' }],
    },
  ];
}

function providerPanels(): readonly Panel[] {
  return [
    {
      title: 'Charges by provider',
      description: 'Who charged, by the channel that the merchant asked for.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('channel, provider', rate('payment_charges_total')),
          legend: '{{channel}} by {{provider}}',
        },
      ],
    },
    {
      title: 'Failover share',
      description:
        'Share of the charges of a channel that each provider made: a second provider is a failover.',
      unit: 'percentunit',
      view: 'lines',
      queries: [
        {
          expr: `${sumBy('channel, provider', rate('payment_charges_total'))} / on (channel) group_left () (${sumBy('channel', rate('payment_charges_total'))} > 0)`,
          legend: '{{channel}} by {{provider}}',
        },
      ],
    },
    {
      title: 'Notifications of providers',
      description: 'Notifications that payments took in, by what they came to.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('provider, result', rate('payment_notifications_total')),
          legend: '{{provider}} {{result}}',
        },
      ],
    },
    {
      title: 'Requests to simulated providers',
      description: 'What the simulators of providers were asked, and how they answered.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('operation, result', rate('psp_sim_requests_total')),
          legend: '{{operation}} {{result}}',
        },
      ],
    },
    {
      title: 'Notifications under way',
      description: 'Notifications that providers still try to be rid of.',
      unit: 'short',
      view: 'lines',
      queries: [{ expr: 'sum(psp_sim_notifications_under_way)', legend: 'under way' }],
    },
  ];
}

function bookPanels(): readonly Panel[] {
  return [
    {
      title: 'Ledger imbalance',
      description: 'Debits less credits in minor units. Anything but 0 is money that cannot be explained.',
      unit: 'short',
      view: 'value',
      queries: [{ expr: 'max(abs(payment_ledger_imbalance_minor))', legend: 'imbalance' }],
    },
    {
      title: 'Ledger postings',
      description: 'Postings to the ledger by result.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('result', rate('ledger_postings_total')), legend: '{{result}}' }],
    },
    {
      title: 'Payments by state',
      description: 'All payments by state; unknown ones wait until the provider is asked again.',
      unit: 'short',
      view: 'lines',
      queries: [{ expr: 'max by (state) (payment_state)', legend: '{{state}}' }],
    },
    {
      title: 'Oldest unfinished payment',
      description: 'Age of the oldest payment that has no end yet.',
      unit: 's',
      view: 'lines',
      queries: [{ expr: 'max(payment_outbox_lag_seconds)', legend: 'age' }],
    },
    {
      title: 'Risk decisions',
      description: 'Assessed payments by decision.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('decision', rate('risk_decisions_total')), legend: '{{decision}}' }],
    },
    {
      title: 'Orders',
      description: 'Orders by the state that they were answered with.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('state', rate('order_requests_total')), legend: '{{state}}' }],
    },
  ];
}
