import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readNotifyTarget } from './notify-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-notify-'));
const file = join(folder, 'provider.private.pem');
const WELL = { NOTIFY_URL: 'http://127.0.0.1:10000/n', NOTIFY_KEY_ID: 'k-1', NOTIFY_KEY_FILE: file };

beforeAll(() => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('reads where to notify and the key to sign with', () => {
  expect(readNotifyTarget(WELL)).toMatchObject({ url: WELL.NOTIFY_URL, key: { id: 'k-1' } });
});

test('without a URL nobody is notified', () => {
  expect(readNotifyTarget({})).toBeUndefined();
});

test.each([
  [{ NOTIFY_URL: 'edge' }, 'NOTIFY_URL must be a URL; got "edge"'],
  [{ NOTIFY_KEY_ID: '' }, 'NOTIFY_KEY_ID must be set'],
  [{ NOTIFY_KEY_FILE: undefined }, 'NOTIFY_KEY_FILE must be set'],
  [{ NOTIFY_KEY_FILE: '/nowhere.pem' }, 'no such file'],
])('%j is refused', (change, message) => {
  expect(() => readNotifyTarget({ ...WELL, ...change })).toThrow(message);
});
