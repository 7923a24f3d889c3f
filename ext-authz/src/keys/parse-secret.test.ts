import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { parseSecret } from './parse-secret.ts';

const BYTES = Buffer.from('0123456789abcdef');

describe('parseSecret', () => {
  test.each([
    ['as it is', BYTES.toString('base64')],
    ['with a line feed', `${BYTES.toString('base64')}\n`],
    ['with CR LF and spaces', `  ${BYTES.toString('base64')}\r\n`],
  ])('reads base64 %s', (_name, text) => {
    const parsed = parseSecret(text);
    expect(parsed.kind === 'secret' && parsed.secret.reveal().equals(BYTES)).toBe(true);
    expect(inspect(parsed, { depth: 9, showHidden: true })).not.toContain('0123456789');
  });

  test.each([
    ['', 'nothing'],
    ['\n', 'nothing'],
    ['0123456789abcde', 'text that is not padded base64'],
    ['MDEyMzQ1Njc4OWFiY2RlZg', 'text that is not padded base64'],
    ['MDEyMzQ1Njc4\nOWFiY2RlZg==', 'text that is not padded base64'],
    ['MDEyMzQ1Njc4OWFi-_RlZg==', 'text that is not padded base64'],
    ['-----BEGIN PRIVATE KEY-----', 'text that is not padded base64'],
    ['QUJD', '3 bytes'],
    [Buffer.alloc(15).toString('base64'), '15 bytes'],
    [Buffer.alloc(1_025).toString('base64'), '1025 bytes'],
  ])('refuses %j without repeating it', (text, got) => {
    expect(parseSecret(text)).toEqual({ kind: 'malformed', got });
  });
});
