import { type ExplainStep, type Explanation, limitText, nodeText, type Rule } from '@paymesh/rate-limiter';

/** Passed-over nodes that are told; of more only the number. */
const MAX_TOLD = 20;

/** Which rule a descriptor meets and why, step by step, for people. */
export function printExplanation(explanation: Explanation): string {
  const steps = explanation.steps.flatMap((step, at) => stepLines(step, at + 1));
  return [...steps, '', ...endLines(explanation)].join('\n');
}

/** The same for programs: nodes as texts, for they hold all that is below them. */
export function explanationJson({ steps, match, end }: Explanation): object {
  return {
    steps: steps.map(({ entry, taken, passedOver, otherKeys }) => ({
      entry,
      taken: taken === undefined ? null : { node: nodeText(taken.node), why: taken.why },
      passedOver: passedOver.map(({ node, why }) => ({ node: nodeText(node), why })),
      otherKeys,
    })),
    end,
    rules: match?.rules ?? [],
    countedUnder: match?.entries ?? [],
  };
}

function stepLines({ entry, taken, passedOver, otherKeys }: ExplainStep, number: number): readonly string[] {
  const more = passedOver.length - MAX_TOLD;
  return [
    `${number}. ${entry.key}=${entry.value}`,
    taken === undefined ? '   no node fits' : `   takes ${nodeText(taken.node)}: ${taken.why}`,
    ...passedOver.slice(0, MAX_TOLD).map(({ node, why }) => `   not   ${nodeText(node)}: ${why}`),
    ...(more > 0 ? [`   not   ${more} more`] : []),
    ...(otherKeys > 0 ? [`   not   ${otherKeys} with another key`] : []),
  ];
}

function endLines({ match, end }: Explanation): readonly string[] {
  if (match === undefined) return [`No limit: ${end}.`];
  return match.rules.map((rule) => `Limit ${rule.label}: ${limitText(rule.allowance)}${traitsOf(rule)}`);
}

function traitsOf({ name, isShadow, isQuota, replaces }: Rule): string {
  const traits = [
    ...(name === '' ? [] : [`name ${name}`]),
    ...(isShadow ? ['shadow: never enforced'] : []),
    ...(isQuota ? ['quota: over only when all quota limits of a request are'] : []),
    ...(replaces.length === 0 ? [] : [`replaces ${replaces.join(', ')} of the same request`]),
  ];
  return traits.map((trait) => `, ${trait}`).join('');
}
