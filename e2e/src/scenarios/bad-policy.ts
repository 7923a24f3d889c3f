import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  createExpectations,
  editPolicy,
  runLoad,
  type Scenario,
  statusCounts,
  until,
} from '../harness/index.ts';

interface StatusFinding {
  readonly at: { readonly file: string; readonly line: number; readonly column: number };
  readonly expected: string;
}

/** A mistake in a policy file. */
export const badPolicy: Scenario = {
  name: 'bad-policy',
  summary:
    'a broken edit is refused with file, line and column; the last good policies stay, traffic is unharmed',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-vip-2026');
    const revisionBefore = (await mesh.observe.controlPlane())['revision'];
    const load = runLoad({ perSecond: 30, seconds: 3, send: () => merchant.pay() });
    const edit = editPolicy(
      mesh.policies,
      'resilience/payments.yaml',
      'reset-before-request',
      'reset-befor-request',
    );
    const where = placeOf(join(mesh.policies, 'resilience/payments.yaml'), 'reset-befor-request');
    try {
      const finding = await until(async () => {
        const { findings } = (await mesh.observe.controlPlane()) as { findings?: readonly StatusFinding[] };
        return findings?.find(({ at }) => at.file.endsWith('resilience/payments.yaml'));
      }, 5_000);
      measure(
        'finding',
        finding === undefined
          ? 'none'
          : `payments.yaml:${finding.at.line}:${finding.at.column} expected ${finding.expected}`,
      );
      expect(
        finding !== undefined && `${finding.at.line}:${finding.at.column}` === where,
        `no finding names the mistake at ${where}`,
      );
      expect(
        (await mesh.observe.controlPlane())['revision'] === revisionBefore,
        'the broken edit made a new revision',
      );
    } finally {
      edit.undo();
    }
    const sent = await load;
    measure('answers', statusCounts(sent));
    expect(
      sent.every(({ answer }) => answer.status === 201),
      `clients saw ${statusCounts(sent)}`,
    );
    const cleared = await until(async () => {
      const { findings } = (await mesh.observe.controlPlane()) as { findings?: readonly unknown[] };
      return findings?.length === 0 ? true : undefined;
    }, 5_000);
    expect(cleared === true, 'the finding stays after the file was mended');
    return verdict();
  },
};

/** Line and column of a text in a file, as `3:14`. */
function placeOf(path: string, text: string): string {
  const before = readFileSync(path, 'utf8').split(text)[0] ?? '';
  const lines = before.split('\n');
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}
