import type { Judged } from './judge.ts';

/** For who runs the mesh: which story moves which panel, and how far. */
export function tableOf(judged: readonly Judged[]): string {
  const rows = judged.map(({ expression: { file, panel, legend, expr }, mover, series, peak, faults }) => [
    file.replace(/^dashboards\/|\.\w+$/g, ''),
    legend === '' ? panel : `${panel}: ${legend}`,
    mover === undefined ? 'none' : storyOf(mover.kind, mover.story),
    String(series),
    Number.isNaN(peak) ? '-' : String(Number(peak.toPrecision(3))),
    [...faults.map((fault) => `FAULT ${fault};`), expr.replace(/\s+/g, ' ')].join(' '),
  ]);
  const head = ['board', 'panel', 'scenario', 'series', 'peak', 'expression'];
  const widths = head.map((name, column) =>
    column === head.length - 1 ? 0 : Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
    .join('');
}

function storyOf(kind: string, story: string): string {
  if (kind === 'silent') return '(promtool only)';
  return kind === 'stands' ? `${story} (zero is right)` : story;
}
