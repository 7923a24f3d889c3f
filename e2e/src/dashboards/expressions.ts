import { parse } from 'yaml';

/** One expression of a board or of a file of rules. */
export interface Expression {
  /** File that holds it: `dashboards/overview.json`, `rules/slo.yaml`. */
  readonly file: string;
  /** Title of the panel or annotation, name of the alert or of the recorded series. */
  readonly panel: string;
  /** How its series are named; empty for rules. */
  readonly legend: string;
  readonly kind: 'panel' | 'annotation' | 'alert' | 'recording';
  readonly expr: string;
}

/** `$__rate_interval` of someone who looks at a few minutes scraped each second. */
const RATE_INTERVAL = '10s';

/** Everything that is asked of a Prometheus, read from the very files that the chart ships. */
export function expressionsOf(files: ReadonlyMap<string, string>): readonly Expression[] {
  return [...files].flatMap(([file, text]) =>
    file.endsWith('.json')
      ? ofBoard(file, JSON.parse(text) as BoardJson)
      : ofRules(file, parse(text) as RulesYaml),
  );
}

interface BoardJson {
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

function ofBoard(file: string, { annotations, panels }: BoardJson): readonly Expression[] {
  return [
    ...annotations.list.map(({ name, expr }) => ({
      ...{ file, panel: name, legend: '', kind: 'annotation' as const },
      expr: substituted(expr),
    })),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({
        ...{ file, panel: title, legend: legendFormat, kind: 'panel' as const },
        expr: substituted(expr),
      })),
    ),
  ];
}

/** As Grafana asks it. `$datasource` is the only variable of a board, and stands in no expression. */
function substituted(expr: string): string {
  return expr.replaceAll('$__rate_interval', RATE_INTERVAL);
}

interface RulesYaml {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
  }[];
}

function ofRules(file: string, { groups }: RulesYaml): readonly Expression[] {
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, record, expr }) => ({
      ...{ file, legend: '', expr, panel: alert ?? record ?? '' },
      kind: alert === undefined ? ('recording' as const) : ('alert' as const),
    })),
  );
}
