import { table } from '../output/index.ts';
import type { EffectiveRoute } from './row.ts';

/** For people: each route with a table of what holds for it. */
export function renderEffective(routes: readonly EffectiveRoute[]): string {
  return routes
    .map(({ route, match, enforcedAt, rows }) => {
      const cells = rows.map((row) => [
        row.setting,
        row.value,
        row.enforcedBy.join(', ') || 'nobody',
        row.from,
      ]);
      return `${route}  ${match.join(', ')}  (guarded at ${enforcedAt})\n${table([['SETTING', 'VALUE', 'ENFORCED BY', 'TYPED AT'], ...cells])}`;
    })
    .join('\n\n');
}
