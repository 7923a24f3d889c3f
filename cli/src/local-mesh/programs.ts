import { isAbsolute, join, resolve } from 'node:path';

import { parse } from 'yaml';

import { CommandError } from '../output/index.ts';

/** One program that stands behind a Workload. */
export interface Program {
  readonly workload: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Folder in which it runs. */
  readonly cwd: string;
}

/** What a programs file asks for. */
export interface Programs {
  readonly programs: readonly Program[];
  /** Paths of files with a secret that programs share; made when missing. */
  readonly secrets: readonly string[];
}

export interface ProgramsFile {
  readonly text: string;
  /** Path as the user gave it, for messages. */
  readonly path: string;
  /** What `${NAME}` stands for, by name. */
  readonly places: Readonly<Record<string, string>>;
  /** Folder in which programs run. */
  readonly cwd: string;
}

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** Reads a programs file; throws a CommandError that names the entry and what it lacks. */
export function parsePrograms({ text, path, places, cwd }: ProgramsFile): Programs {
  const root = parseYaml(text, path);
  const list = isRecord(root) ? root['programs'] : undefined;
  if (!isRecord(root) || !Array.isArray(list))
    throw new CommandError(`${path}: expected a list under "programs"`);
  const secrets = root['secrets'] ?? [];
  if (!Array.isArray(secrets)) throw new CommandError(`${path}: expected a list under "secrets"`);
  return {
    programs: list.map((entry: unknown, index) => {
      const where = `${path}: programs[${index}]`;
      if (!isRecord(entry)) throw new CommandError(`${where}: expected workload, command and env`);
      return {
        workload: nonEmpty(entry['workload'], `${where}.workload`),
        command: commandOf(entry['command'], `${where}.command`),
        env: envOf(entry['env'] ?? {}, `${where}.env`, places),
        cwd: typeof entry['cwd'] === 'string' ? absolute(cwd, entry['cwd']) : resolve(cwd),
      };
    }),
    secrets: secrets.map((file: unknown, index) => {
      const where = `${path}: secrets[${index}]`;
      return absolute(cwd, filledIn(nonEmpty(file, where), where, places));
    }),
  };
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new CommandError(`${path} is not YAML: ${reason ?? ''}`, undefined, { cause: error });
  }
}

function commandOf(value: unknown, where: string): [string, ...string[]] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new CommandError(`${where}: expected a list such as [node, server.js]`);
  }
  const [program, ...rest] = value.map((part: unknown) => String(part));
  const first = nonEmpty(program, `${where}[0]`);
  return [first === 'node' ? process.execPath : first, ...rest];
}

function envOf(value: unknown, where: string, places: ProgramsFile['places']): Record<string, string> {
  if (!isRecord(value)) throw new CommandError(`${where}: expected names and values`);
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [name, filledIn(String(text), `${where}.${name}`, places)]),
  );
}

function filledIn(text: string, where: string, places: ProgramsFile['places']): string {
  return text.replaceAll(PLACEHOLDER, (written, name: string) => {
    const value = Object.hasOwn(places, name) ? places[name] : undefined;
    if (value !== undefined) return value;
    throw new CommandError(`${where}: unknown ${written}; known are ${Object.keys(places).join(', ')}`);
  });
}

function nonEmpty(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw new CommandError(`${where}: expected a text`);
  return value;
}

function absolute(cwd: string, path: string): string {
  return isAbsolute(path) ? path : join(resolve(cwd), path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
