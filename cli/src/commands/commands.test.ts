import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-cli-'));

/** Runs the built command, as a user does. */
function paymesh(...args: readonly string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const run = spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const policies = join(folder, 'policies');
mkdirSync(join(policies, 'keys'), { recursive: true });
writeFileSync(join(policies, 'keys/k1.key'), Buffer.alloc(32, 'key of a test').toString('base64'));
const KEY_SET = `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: [{id: k1, owner: m, algorithm: hmac-sha256, secret: {file: keys/k1.key}}]}
`;
writeFileSync(join(policies, 'keys.yaml'), KEY_SET);

describe('paymesh', () => {
  test('validate tells what only the whole mesh shows', () => {
    const mesh = readFileSync(join(root, 'control-plane/testdata/compiler/in/quotas-and-guard.yaml'));
    mkdirSync(join(folder, 'whole'));
    writeFileSync(join(folder, 'whole/mesh.yaml'), mesh);
    const { status, out } = paymesh('validate', join(folder, 'whole'), '-o', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ code: 'PM5004', severity: 'warning' })]),
    });
  });

  test.each(['stdout', 'stderr'] as const)(
    'goes on to its end when nobody reads its %s any more',
    async (name) => {
      const args = [join(root, 'cli/bin/paymesh.mjs'), 'validate', join(root, 'nowhere')];
      const child = spawn(process.execPath, name === 'stdout' ? [args[0] ?? '', '--help'] : args);
      child[name].destroy();
      let said = '';
      child[name === 'stdout' ? 'stderr' : 'stdout'].on('data', (data: Buffer) => (said += data.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      expect({ code, said }).toEqual({ code: name === 'stdout' ? 0 : 1, said: '' });
    },
  );

  test('a disk that is full fails the command, in one sentence', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^paymesh: cannot write the output: ENOSPC[^\n]*\n$/);
  });

  test('--help lists the commands, exit codes and examples', () => {
    const { status, out } = paymesh('--help');
    expect(status).toBe(0);
    for (const word of ['up', 'validate', 'sign', 'bootstrap', 'proxy', 'envoy', 'Exit codes', 'Examples']) {
      expect(out).toContain(word);
    }
  });

  test.each(['proxy', 'envoy'])('%s without a command of its own is wrong usage', (command) => {
    const { status, out, err } = paymesh(command);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain('Usage:');
  });

  test.each([['help'], ['help', 'sign'], ['--version'], ['proxy', '--help']])(
    'what was asked for (%s) ends with 0',
    (...args) => {
      const { status, out, err } = paymesh(...args);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).not.toBe('');
    },
  );

  test.each([['nonsense'], ['validate'], ['ext-authz', '--config', '.', '--listen', 'nowhere']])(
    'wrong usage (%s) ends with 3 and says so',
    (...args) => {
      const { status, err } = paymesh(...args);
      expect(status).toBe(3);
      expect(err).toContain('error:');
    },
  );

  test.each([
    'up',
    'validate',
    'effective',
    'sign',
    'bootstrap',
    'control-plane',
    'ext-authz',
    'rate-limiter',
  ])('%s --help has an example', (command) => {
    expect(paymesh(command, '--help').out).toContain(`npx paymesh ${command}`);
  });
});

describe('paymesh validate', () => {
  test('finds nothing wrong with the sample policies', () => {
    const { status, out } = paymesh('validate', 'policies');
    expect(out).toContain('0 errors');
    expect(status).toBe(0);
  });

  test('counts one as one', () => {
    expect(paymesh('validate', policies).out).toContain('1 document in 1 file\n');
  });

  test('tells file, line and column and ends with 2', () => {
    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(
      join(broken, 'a.yaml'),
      'apiVersion: paymesh.dev/v1\nkind: Rout\nmetadata: {name: a}\nspec: {}\n',
    );
    const { status, out } = paymesh('validate', broken);
    expect(out).toContain(`${join(broken, 'a.yaml')}:2:7`);
    expect(status).toBe(2);
    const json = JSON.parse(paymesh('validate', broken, '-o', 'json').out) as {
      findings: readonly unknown[];
    };
    expect(json.findings).toHaveLength(1);
  });

  test('says when there is no such folder', () => {
    const { status, err } = paymesh('validate', join(folder, 'missing'));
    expect(status).toBe(1);
    expect(err).toContain('missing');
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('paymesh sign', () => {
  const fixed = ['--config', policies, '--timestamp', '1700000000', '--nonce', 'abcdefghijklmnop'];

  test('prints the headers of a signed request', () => {
    const { status, out } = paymesh(
      'sign',
      '-X',
      'POST',
      '-d',
      '{"a":1}',
      ...fixed,
      'http://h:1/v1/payments?x=1',
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^X-Key-Id: k1$/m);
    expect(out).toMatch(/^X-Timestamp: 1700000000$/m);
    expect(out).toMatch(/^X-Signature: [A-Za-z0-9+/]{43}=$/m);
  });

  test('signs another query differently', () => {
    const signature = (url: string): string | undefined =>
      /X-Signature: (.*)/.exec(paymesh('sign', ...fixed, url).out)?.[1];
    expect(signature('http://h/p?x=1')).not.toBe(signature('http://h/p?x=2'));
  });

  test('--cover signs a further header, which is sent once', () => {
    const signature = (...args: readonly string[]): string | undefined =>
      /X-Signature: (.*)/.exec(paymesh('sign', ...fixed, ...args, 'http://h/p').out)?.[1];
    const header = ['-H', 'Idempotency-Key: k1'];
    expect(signature(...header, '--cover', 'idempotency-key')).not.toBe(signature(...header));
    const { out } = paymesh(
      'sign',
      '--curl',
      ...fixed,
      ...header,
      '--cover',
      'Idempotency-Key',
      'http://h/p',
    );
    expect(out.match(/idempotency-key/gi)).toHaveLength(1);
  });

  test('--cover of a header that is not given is wrong usage', () => {
    const { status, err } = paymesh('sign', ...fixed, '--cover', 'X-Shop', 'http://h/p');
    expect(status).toBe(3);
    expect(err).toContain('give it once with -H "X-Shop: value"');
  });

  test('--curl prints one line that a shell takes', () => {
    const { out } = paymesh('sign', '--curl', '-X', 'POST', '-d', `{"a":"it's"}`, ...fixed, 'http://h:1/p');
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(out).toContain(`'{"a":"it'\\''s"}'`);
  });

  test('--curl sends the URL as it was signed, brackets and braces too', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url);
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { out } = paymesh('sign', '--curl', ...fixed, `http://127.0.0.1:${port}/p?ids[]=1&set={a,b}`);
    const curl = spawn('sh', ['-c', out], { stdio: 'ignore' });
    await new Promise<void>((ended) => curl.once('exit', () => ended()));
    server.close();
    expect(seen).toEqual(['/p?ids[]=1&set={a,b}']);
  });

  test.each([
    ['', 'nothing'],
    ['not base64', 'text that is not padded base64'],
    ['c2hvcnQ=', '5 bytes'],
  ])('refuses a key file of "%s", as ext-authz does', (text, got) => {
    const odd = mkdtempSync(join(folder, 'odd-'));
    writeFileSync(join(odd, 'odd.key'), text);
    writeFileSync(join(odd, 'keys.yaml'), KEY_SET.replace('keys/k1.key', 'odd.key'));
    const { status, err } = paymesh('sign', '--config', odd, 'http://h/p');
    expect(status).toBe(1);
    expect(err).toContain(`key k1 cannot be used: expected base64 text of 16 to 1024 bytes, got ${got}`);
  });

  test('never prints the key', () => {
    const { out, err } = paymesh('sign', '--curl', ...fixed, 'http://h:1/p');
    expect(out + err).not.toContain(Buffer.alloc(32, 'key of a test').toString('base64'));
  });

  test('an address that is no URL is wrong usage', () => {
    const { status, err } = paymesh('sign', ...fixed, 'payments');
    expect(status).toBe(3);
    expect(err).toContain('expected a URL such as');
  });

  test('names the keys there are when one is unknown', () => {
    const { status, err } = paymesh('sign', '--key', 'k9', ...fixed, 'http://h:1/p');
    expect(status).toBe(1);
    expect(err).toContain('has no key k9; it has k1');
  });
});

describe('paymesh bootstrap', () => {
  test('prints what an Envoy needs to join', () => {
    const { status, out } = paymesh('bootstrap', '--workload', 'payments-1');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ node: { id: 'payments-1' } });
  });

  test('names the workloads there are', () => {
    const { status, err } = paymesh('bootstrap', '--workload', 'payments-9');
    expect(status).toBe(1);
    expect(err).toContain('it has edge,');
  });
});

describe('paymesh proxy status with a control plane', () => {
  const acked = { sent: 'v1', acked: 'v1', isLate: false, nacks: [] };
  const refused = {
    ...acked,
    nacks: [{ names: ['edge'], message: 'no', sources: ['edge.yaml:1:1'], at: '' }],
  };

  test.each([
    ['all is accepted', acked, 0],
    ['a proxy refused something', refused, 5],
  ])('ends as it should when %s', async (_name, route, code) => {
    const types = { cluster: acked, endpoint: acked, listener: acked, route };
    const proxies = [{ node: 'edge', isConnected: true, isKnown: true, isUpToDate: true, types }];
    const { ended } = await statusOf({ revision: 'r', isBehind: false, findings: [], proxies });
    expect(ended).toBe(code);
  });

  test.each([
    ['an object of its own', { statusCode: 404, message: 'Route GET:/status not found' }],
    ['nothing', null],
  ])('ends with 4 when another program answers, with %s', async (_name, body) => {
    const { ended, err } = await statusOf(body);
    expect(ended).toBe(4);
    expect(err).toMatch(/^paymesh: no control plane answers on .*\n$/);
  });
});

/** Runs `proxy status` against a server with this answer. */
async function statusOf(body: unknown): Promise<{ readonly ended: unknown; readonly err: string }> {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [
    join(root, 'cli/bin/paymesh.mjs'),
    'proxy',
    'status',
    '--admin',
    `127.0.0.1:${port}`,
  ]);
  let err = '';
  child.stderr.on('data', (part) => {
    err += String(part);
  });
  const ended = await new Promise((resolve) => child.once('close', resolve));
  server.close();
  return { ended, err };
}

describe('paymesh proxy status', () => {
  test('ends with 4 when no control plane answers', () => {
    const { status, err } = paymesh('proxy', 'status', '--admin', '127.0.0.1:1');
    expect(status).toBe(4);
    expect(err).toContain('no control plane answers on 127.0.0.1:1');
  });
});
