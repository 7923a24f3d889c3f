import type { ReplayReport } from '@paymesh/rate-limiter';

import { table } from '../output/index.ts';

type Keys = ReplayReport['limitedKeys'];

/** What rules would do to a log, for people. */
export function printReplay(report: ReplayReport, unreadable: number): string {
  const isCompared = report.against !== 'nothing';
  return [
    headLine(report),
    ...(unreadable > 0 ? [`${unreadable} lines could not be read`] : []),
    ...(report.undecided > 0 ? [`${report.undecided} requests had no decision`] : []),
    ...(report.outOfOrder > 0 ? [`${report.outOfOrder} requests were out of order`] : []),
    ...(isCompared ? changeLines(report) : []),
    '',
    table([
      ['DOMAIN', 'LIMIT', 'DECISIONS', 'OVER', ...(report.against === 'rules' ? ['OVER BEFORE'] : [])],
      ...report.rules.map(({ domain, label, decisions, over, overBefore }) => [
        domain,
        label,
        String(decisions),
        String(over),
        ...(report.against === 'rules' ? [String(overBefore)] : []),
      ]),
    ]),
    ...keyLines(isCompared ? 'LIMITED AND WAS NOT' : 'LIMITED', report.limitedKeys),
    ...keyLines('PASSES AND DID NOT', report.passedKeys),
  ].join('\n');
}

function headLine({ requests, limited, fromMs, toMs }: ReplayReport): string {
  if (fromMs === undefined || toMs === undefined) return 'no requests';
  const span = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  return `${requests} requests, ${span}: ${limited} limited`;
}

function changeLines({ against, limitedBefore, newlyLimited, newlyPassed }: ReplayReport): readonly string[] {
  const before = against === 'rules' ? 'the rules before' : 'the log';
  return [
    `${limitedBefore} limited by ${before}; ${newlyLimited} would be limited and were not, ${newlyPassed} would pass and did not`,
  ];
}

function keyLines(title: string, keys: Keys): readonly string[] {
  if (keys.length === 0) return [];
  const rows = keys.map(({ label, entries, count, error }) => [
    error === 0 ? String(count) : `${count - error} to ${count}`,
    label,
    entries.join(' '),
  ]);
  return ['', table([[title, 'LIMIT', 'ENTRIES'], ...rows])];
}
