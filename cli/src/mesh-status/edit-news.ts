import { relative } from 'node:path';

import { type Finding, findingLine } from '@paymesh/common/policy';
import type { StatusReport } from '@paymesh/control-plane';

/** What is known of the policies of a mesh at one moment. */
export type PolicyState = Pick<StatusReport, 'revision' | 'isBehind' | 'findings' | 'failure'>;

/** What became of an edit between two looks, with paths relative to `folder`; undefined when nothing did. */
export function editNews(before: PolicyState, now: PolicyState, folder: string): string | undefined {
  const lines = [
    ...now.findings.map((finding) => findingLine(nearer(finding, folder))),
    ...(now.failure === undefined ? [] : [now.failure]),
  ];
  if (now.isBehind) {
    const isOld = before.isBehind && isSame(before, now);
    return isOld
      ? undefined
      : ['policies refused; those before the edit stay in force:', ...lines].join('\n');
  }
  if (now.revision !== before.revision)
    return [`policies in force: revision ${now.revision}`, ...lines].join('\n');
  return before.isBehind
    ? `policies mended: revision ${now.revision} is what the files say again`
    : undefined;
}

function isSame(a: PolicyState, b: PolicyState): boolean {
  return a.failure === b.failure && JSON.stringify(a.findings) === JSON.stringify(b.findings);
}

function nearer(finding: Finding, folder: string): Finding {
  const file = relative(folder, finding.at.file);
  return file.startsWith('..') ? finding : { ...finding, at: { ...finding.at, file } };
}
