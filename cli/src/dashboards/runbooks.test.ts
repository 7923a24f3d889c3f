import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';

import { readPolicies } from '../policies/index.ts';
import { buildProgram } from '../program.ts';
import { factsOf } from './facts.ts';
import { rulesOf } from './rules/all.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const RUNBOOKS = join(root, 'docs/runbooks');
const pages = readdirSync(RUNBOOKS);
const alerts = rulesOf(factsOf(await readPolicies(join(root, 'policies')))).flatMap(({ rules }) =>
  rules.flatMap((rule) => ('name' in rule ? [rule.name] : [])),
);

describe('docs/runbooks', () => {
  test('has a page for each alert, and no other', () => {
    expect(pages.toSorted()).toEqual(alerts.map((name) => `${name}.md`).toSorted());
  });

  test.each(pages)('%s names a first command and further steps, and commands that exist', (page) => {
    const text = readFileSync(join(RUNBOOKS, page), 'utf8');
    expect(text).toMatch(
      /^# \w+\n\n\S.+\n\n## Look first\n\n```sh\nnpx paymesh .+\n```\n\n.+\n\n## Then\n\n1\. /s,
    );
    const commands = [...text.matchAll(/(?:^|`)(?:npx )?paymesh ([^`\n]+)/gm)].map(
      ([, command]) => command ?? '',
    );
    expect(commands).not.toEqual([]);
    expect(commands.flatMap(unknownIn)).toEqual([]);
  });

  test('a command or flag that does not exist is found', () => {
    expect(unknownIn('proxy stats')).toEqual(['proxy stats']);
    expect(unknownIn('tap --denid')).toEqual(['--denid']);
  });
});

const program = await buildProgram({});

/** What of a command line the program does not have: its sub-command, or flags. */
function unknownIn(line: string): readonly string[] {
  const words = line.split(/\s+/);
  let command: Command = program;
  while (command.commands.length > 0) {
    const next = command.commands.find((child) => child.name() === words[0]);
    if (next === undefined) return words.length === 0 ? [] : [line];
    words.shift();
    command = next;
    if (words.length === 0) return [];
  }
  return words.filter((word) => word.startsWith('--') && !command.options.some(({ long }) => long === word));
}
