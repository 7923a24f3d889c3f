import { describe, expect, test } from '@jest/globals';

import { parsePrograms } from './programs.ts';

const PLACES = { state: '/state', policies: '/policies', 'gateway.edge': 'http://127.0.0.1:10000' };

const read = (text: string): ReturnType<typeof parsePrograms> =>
  parsePrograms({ text, path: 'mesh.yaml', places: PLACES, cwd: '/repo' });

describe('parsePrograms', () => {
  test('reads a program and fills in folders and gateways', () => {
    const { programs } = read(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: users write it so in YAML.
      'programs: [{workload: payments-1, command: [node, main.js], env: {DATABASE: "${state}/p.db", URL: "${gateway.edge}/x", N: 1}}]',
    );
    expect(programs[0]).toEqual({
      workload: 'payments-1',
      command: [process.execPath, 'main.js'],
      env: { DATABASE: '/state/p.db', URL: 'http://127.0.0.1:10000/x', N: '1' },
      cwd: '/repo',
    });
  });

  test('runs a program in the folder that it names', () => {
    expect(read('programs: [{workload: a, command: [sh], cwd: sub}]').programs[0]?.cwd).toBe('/repo/sub');
  });

  test('names the secrets that programs share', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: users write it so in YAML.
    const { secrets } = read('{programs: [], secrets: ["${policies}/keys/a.key", b.key]}');
    expect(secrets).toEqual(['/policies/keys/a.key', '/repo/b.key']);
  });

  test.each([
    ['', 'mesh.yaml: expected a list under "programs"'],
    ['programs: {}', 'mesh.yaml: expected a list under "programs"'],
    ['programs: [1]', 'mesh.yaml: programs[0]: expected workload, command and env'],
    ['programs: [{command: [a]}]', 'mesh.yaml: programs[0].workload: expected a text'],
    ['programs: [{workload: a, command: []}]', 'mesh.yaml: programs[0].command: expected a list'],
    ['programs: [{workload: a, command: "node x"}]', 'mesh.yaml: programs[0].command: expected a list'],
    [
      'programs: [{workload: a, command: [x], env: [1]}]',
      'mesh.yaml: programs[0].env: expected names and values',
    ],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: users write it so in YAML.
      'programs: [{workload: a, command: [x], env: {A: "${toString}"}}]',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as the user wrote it.
      'mesh.yaml: programs[0].env.A: unknown ${toString}; known are state, policies, gateway.edge',
    ],
    ['{programs: [], secrets: a}', 'mesh.yaml: expected a list under "secrets"'],
    ['{programs: [], secrets: [1]}', 'mesh.yaml: secrets[0]: expected a text'],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
