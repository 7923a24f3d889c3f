import { describe, expect, test } from '@jest/globals';

import { parsePrograms } from './programs.ts';

const read = (text: string): ReturnType<typeof parsePrograms> =>
  parsePrograms({ text, path: 'mesh.yaml', state: '/state', cwd: '/repo' });

describe('parsePrograms', () => {
  test('reads a program and fills in the state folder', () => {
    const [program] = read(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: users write it so in YAML.
      'programs: [{workload: payments-1, command: [node, main.js], env: {DATABASE: "${state}/p.db", N: 1}}]',
    );
    expect(program).toEqual({
      workload: 'payments-1',
      command: [process.execPath, 'main.js'],
      env: { DATABASE: '/state/p.db', N: '1' },
      cwd: '/repo',
    });
  });

  test('runs a program in the folder that it names', () => {
    expect(read('programs: [{workload: a, command: [sh], cwd: sub}]')[0]?.cwd).toBe('/repo/sub');
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
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
