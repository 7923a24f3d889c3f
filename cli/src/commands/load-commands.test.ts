import { describe, expect, test } from '@jest/globals';

import { loadCommands } from './index.ts';

async function namesFor(name: string | undefined): Promise<readonly string[]> {
  const commands = await loadCommands(name, { env: {} });
  return commands.map((command) => command.name());
}

describe('loadCommands', () => {
  test('gives the command that is named and loads no other', async () => {
    expect(await namesFor('rate-limiter')).toEqual(['rate-limiter']);
  });

  test.each([undefined, '--help', 'help', 'tabs', 'constructor'])(
    'gives all of them for %p',
    async (name) => {
      const names = await namesFor(name);
      expect(names).toEqual(
        expect.arrayContaining(['up', 'limits', 'control-plane', 'rate-limiter', 'audit']),
      );
    },
  );

  test('each is found by the name that it bears', async () => {
    for (const name of await namesFor(undefined)) expect(await namesFor(name)).toEqual([name]);
  });
});
