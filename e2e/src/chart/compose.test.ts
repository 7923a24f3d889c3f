import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { root } from './render.ts';
import { findChartTools } from './tools.ts';

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}

interface ComposeService {
  readonly build?: { readonly dockerfile: string; readonly args?: Readonly<Record<string, string>> };
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
}

const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true }) as ComposeFile;
const tools = findChartTools(process.env);
const services = Object.entries(compose.services);
const folder = mkdtempSync(join(tmpdir(), 'paymesh-compose-'));
const paymesh = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), ...args], { encoding: 'utf8' });

afterAll(() => rmSync(folder, { recursive: true }));

describe('compose.yaml', () => {
  test.each(services)('%s names only what is there', (_name, service) => {
    const names = Object.keys(compose.services);
    for (const other of Object.keys(service.depends_on ?? {})) expect(names).toContain(other);
    if (service.network_mode !== undefined)
      expect(names).toContain(service.network_mode.replace('service:', ''));
    if (service.build !== undefined) expect(existsSync(join(root, service.build.dockerfile))).toBe(true);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(root, source))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test('its policies have no finding, its keys and bootstraps are made by its own commands', () => {
    const policies = join(folder, 'policies');
    for (const name of ['routes', 'resilience', 'security'])
      cpSync(join(root, 'policies', name), join(policies, name), { recursive: true });
    cpSync(join(root, 'helm/compose/policies'), join(policies, 'mesh'), { recursive: true });
    mkdirSync(join(folder, 'bootstrap'));
    const run = (name: string) => {
      const args = compose.services[name]?.command ?? [];
      const done = paymesh(...args.map((arg) => arg.replaceAll('/etc/paymesh', folder)));
      expect(done.stderr).toBe('');
    };
    expect(paymesh('validate', policies, '--fail-on', 'warning').status).toBe(0);
    run('keys');
    run('bootstraps');
    expect(readdirSync(join(policies, 'keys'))).toContain('wechat-apiv3.key');
    const envoys = services.filter(([, { command }]) => command?.[0] === '-c');
    expect(readdirSync(join(folder, 'bootstrap')).toSorted()).toEqual(
      envoys.map(([name]) => `${name}.json`).toSorted(),
    );
  }, 120_000);

  test.each(['control-plane', 'ext-authz', 'rate-limiter'])('every flag of %s is one', (name) => {
    const { stdout } = paymesh(name, '--help');
    for (const arg of compose.services[name]?.command ?? [])
      expect(stdout).toContain(`${arg.split('=')[0]} <`);
  });

  test('proxies find every port where the policies say', () => {
    const mesh = readFileSync(join(root, 'helm/compose/policies/mesh.yaml'), 'utf8');
    for (const name of ['control-plane', 'ext-authz', 'rate-limiter']) {
      const args = compose.services[name]?.command?.join('\n') ?? '';
      const listening = [...args.matchAll(/=0\.0\.0\.0:(\d+)/g)].map(([, port = '']) => port);
      const named = [...mesh.matchAll(new RegExp(`\\b${name}:(\\d+)`, 'g'))].map(([, port = '']) => port);
      expect(named.toSorted()).toEqual(listening.toSorted());
      const dockerfile = readFileSync(join(root, name, 'Dockerfile'), 'utf8');
      expect(/^EXPOSE (.*)$/m.exec(dockerfile)?.[1]?.split(' ')).toEqual(listening.toSorted());
    }
  });

  test('every service of the samples has its program and its Envoy', () => {
    const samples = readdirSync(join(root, 'sample-services')).filter(
      (name) => name !== 'kit' && existsSync(join(root, 'sample-services', name, 'src')),
    );
    for (const name of samples) {
      expect(compose.services[name]?.command).toContain(`/etc/paymesh/bootstrap/${name}.json`);
      expect(compose.services[`${name}-app`]).toMatchObject({
        network_mode: `service:${name}`,
        build: { args: { SAMPLE: name } },
      });
    }
  });

  test('Prometheus asks every component where it answers', () => {
    const text = readFileSync(join(root, 'helm/compose/prometheus.yaml'), 'utf8');
    const envoys = services
      .filter(([, { command }]) => command?.[0] === '-c')
      .map(([name]) => `${name}:15021`);
    const admins = ['control-plane:18001', 'ext-authz:18011', 'rate-limiter:18021'];
    expect(text.match(/[\w-]+:\d{5}/g)?.toSorted()).toEqual([...admins, ...envoys].toSorted());
  });
});

(tools === undefined ? describe.skip : describe)('docker compose config (needs Docker Compose)', () => {
  const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
  const config = (path: string) =>
    spawnSync(
      tools?.compose ?? '',
      ['--project-directory', root, '--file', path, 'config', '--format', 'json'],
      {
        encoding: 'utf8',
      },
    );

  test('loads, merges and resolves the file without a warning', () => {
    const { status, stdout, stderr } = config(join(root, 'compose.yaml'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const resolved = JSON.parse(stdout) as ComposeFile;
    expect(Object.keys(resolved.services).toSorted()).toEqual(Object.keys(compose.services).toSorted());
    for (const service of Object.values(resolved.services))
      expect(service).toMatchObject({ cap_drop: ['ALL'], read_only: true });
  });

  test.each([
    ['an unknown key', 'read_only: true', 'readonly: true', '.readonly '],
    ['a missing service', 'keys: { condition', 'key: { condition', 'depends on undefined service "key"'],
    ['a missing volume', '- grafana:/var', '- gravana:/var', 'refers to undefined volume gravana'],
    ['a wrong type', 'restart: unless-stopped', 'restart: [often]', 'restart must be a string'],
    ['an unset variable', 'paymesh/cli', `\${TAG:?say which}`, 'say which'],
  ])('refuses %s', (_what, right, wrong, message) => {
    const path = join(folder, 'broken.yaml');
    writeFileSync(path, text.replace(right, wrong));
    const { status, stderr } = config(path);
    expect(stderr).toContain(message);
    expect(status).not.toBe(0);
  });
});

describe('Dockerfiles', () => {
  const files = ['control-plane', 'ext-authz', 'rate-limiter', 'cli', 'sample-services'];

  test.each(files)('%s/Dockerfile runs without rights and without a shell', (room) => {
    const text = readFileSync(join(root, room, 'Dockerfile'), 'utf8');
    const [, last = ''] = text.split(/FROM \$\{RUN_IMAGE\}/);
    expect(last).toContain('USER 65532:65532');
    expect(last).not.toMatch(/^RUN /m);
    expect(last).toMatch(/^ENTRYPOINT \["\/nodejs\/bin\/node", /m);
    expect(last).toMatch(/^HEALTHCHECK /m);
  });

  test.each(files)('%s/Dockerfile copies only what is there', (room) => {
    const text = readFileSync(join(root, room, 'Dockerfile'), 'utf8').replaceAll(/\$\{SAMPLE\}/g, 'payments');
    const made = /\/(?:dist|node_modules|main\.mjs|state|policies\/keys)$/;
    const sources = text.match(/(?<=^COPY --from=build .*?)\/app\/\S+/gm) ?? [];
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources)
      if (!made.test(source)) expect(existsSync(join(root, source.replace('/app/', '')))).toBe(true);
  });
});

test('the health check of the images says what is wrong', () => {
  const run = spawnSync(
    process.execPath,
    [join(root, 'scripts/healthcheck.mjs'), 'http://127.0.0.1:9/readyz'],
    {
      encoding: 'utf8',
    },
  );
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/^http:\/\/127\.0\.0\.1:9\/readyz did not answer: .+\n$/);
});
