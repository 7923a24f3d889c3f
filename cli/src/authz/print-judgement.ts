import { firstDifference, type Judgement } from '@paymesh/ext-authz';

import { table } from '../output/index.ts';

/** A decision for people: what, why, how long each stage took, and the text that must have been signed. */
export function printJudgement(
  { decision, denial, rule, base }: Judgement,
  { theirs }: { readonly theirs: Uint8Array | undefined },
): string {
  const rows: (readonly string[])[] = [
    ['policy', decision.policyId ?? 'none that is configured'],
    ...(rule === undefined ? [] : [['scheme', `${rule.verify.profile.scheme}, mode ${rule.mode}`]]),
    ['decision', decision.kind],
  ];
  if (decision.kind === 'allow')
    rows.push(['principal', decision.proof.principal], ['key', decision.proof.keyId]);
  else rows.push(['reason', decision.reason], ['key', decision.keyId ?? 'none that is known']);
  if (denial !== undefined) rows.push(['client sees', `${denial.status} ${denial.code}: ${denial.title}`]);
  if (decision.candidate !== undefined)
    rows.push(['on trial', `${decision.candidate.scheme}: ${decision.candidate.reason}`]);
  const stages = (decision.timings ?? []).map(({ stage, micros }) => `${stage} ${micros}us`).join(', ');
  if (stages !== '') rows.push(['stages', stages]);
  return [table(rows), ...printBase(base, theirs)].join('\n');
}

function printBase(base: Uint8Array | undefined, theirs: Uint8Array | undefined): readonly string[] {
  if (base === undefined)
    return ['', 'The text to be signed cannot be built: the request lacks a part of it.'];
  const lines = Buffer.from(base).toString('utf8').split('\n');
  const heading = `The text to be signed, ${base.length} bytes, ${lines.length} lines:`;
  return ['', heading, ...lines.map((line) => `  ${line}`), ...printDifference(base, theirs)];
}

function printDifference(base: Uint8Array, theirs: Uint8Array | undefined): readonly string[] {
  if (theirs === undefined) return [];
  const difference = firstDifference(base, theirs);
  if (difference === undefined)
    return ['', 'The client signed the same text: the key or the algorithm is another.'];
  const { offset, line, column, ours, theirs: got } = difference;
  return [
    '',
    `First difference at byte ${offset} (line ${line}, column ${column}): expected ${ours}, the client has ${got}`,
  ];
}
