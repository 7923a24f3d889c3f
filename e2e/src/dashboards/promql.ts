import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What an expression asks for. */
export interface Asked {
  /** Where it does not parse: each a text around the place; empty when all is well. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels by which it groups or joins. */
  readonly grouping: readonly string[];
}

export interface Selector {
  /** Selects every series of its metric, or of its metrics: `up`, `{__name__=~"a|b"}`. */
  readonly metric: string;
  /** Labels that it matches by. */
  readonly labels: readonly string[];
}

/** Reads an expression with the grammar of Prometheus's own web interface. */
export function readPromql(expr: string): Asked {
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const grouping = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ type, name, from, node }) => {
      if (type.isError) errors.push(`at ${from}: ${expr.slice(from, from + 20)}`);
      if (name === 'VectorSelector') selectors.push(readSelector(expr, node));
      if (name === 'GroupingLabels')
        for (const label of node.getChildren('LabelName')) grouping.add(textOf(expr, label));
    },
  });
  return { errors, selectors, grouping: [...grouping] };
}

function readSelector(expr: string, node: SyntaxNode): Selector {
  const name = node.getChild('Identifier');
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
    (matcher) => ({
      text: textOf(expr, matcher),
      label: textOf(expr, matcher.getChild('LabelName')),
    }),
  );
  const byName = matchers.find(({ label }) => label === '__name__')?.text ?? '';
  return {
    metric: name === null ? `{${byName}}` : textOf(expr, name),
    labels: matchers.map(({ label }) => label).filter((label) => label !== '__name__'),
  };
}

function textOf(expr: string, node: SyntaxNode | null): string {
  return node === null ? '' : expr.slice(node.from, node.to);
}
