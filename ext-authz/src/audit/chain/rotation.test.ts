import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { createFakeClock, eventually } from '@paymesh/common/testing';

import { createAudit, openAudit, verifyAuditFiles } from '../index.ts';

test('a chain goes on in the file that follows one that was moved away, also over a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-rotation-'));
  const file = join(folder, 'audit.log');
  const older = `${file}.1`;
  const start = async () => {
    const opened = await openAudit({ file, isChained: true, allowSample: 1 }, () => undefined);
    return createAudit({ ...opened, clock: createFakeClock(), onDropped: () => undefined });
  };
  const first = await start();
  first.write({ decision: 'allow', policy: 'pay/p', reason: 'ok' });
  await eventually(async () => expect(await readFile(file, 'utf8')).toContain('"decision"'));
  await rename(file, older);
  // Nothing is decided meanwhile: the new file begins with a link all the same, for a restart to go on from.
  await eventually(async () =>
    expect(await readFile(file, 'utf8')).toContain('"msg":"rotated","alg":"sha256"'),
  );
  await first.close();
  const second = await start();
  second.write({ decision: 'allow', policy: 'pay/p', reason: 'ok' });
  await second.close();
  expect(await verifyAuditFiles({ files: [older, file] })).toMatchObject({
    break: undefined,
    facts: { records: 5, decisions: 2, starts: 2 },
  });
  rmSync(folder, { recursive: true, force: true });
});
