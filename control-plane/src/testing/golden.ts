import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from '@jest/globals';

/** One input file of a folder of golden tests. */
export interface GoldenCase {
  /** File name without its extension. */
  readonly name: string;
  /** The file's text. */
  readonly input: string;
}

const isUpdating = process.env['UPDATE_GOLDEN'] === '1';

/**
 * The cases of `dir/in`, sorted by name. An output in `dir/out` (`NAME.anything`) whose case is gone is
 * an error; with UPDATE_GOLDEN=1 it is removed.
 */
export function goldenCases(dir: string): GoldenCase[] {
  const cases = readdirSync(join(dir, 'in'))
    .toSorted()
    .map((file) => ({ name: caseName(file), input: readFileSync(join(dir, 'in', file), 'utf8') }));
  removeStale(join(dir, 'out'), new Set(cases.map(({ name }) => name)));
  return cases;
}

/** Compares with the file at `path`; with UPDATE_GOLDEN=1 writes it instead. */
export function expectGolden(path: string, text: string): void {
  if (isUpdating) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

const LINE_WIDTH = 110;

/** JSON in the form that the repository's formatter gives it: what fits on a line stands on one line. */
export function renderJson(value: unknown): string {
  return `${render(JSON.parse(JSON.stringify(value)), '', 0)}\n`;
}

/** `used`: characters of the line that stand before and after the value. */
function render(value: unknown, indent: string, used: number): string {
  const flat = renderFlat(value);
  if (typeof value !== 'object' || value === null || used + flat.length <= LINE_WIDTH) return flat;
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const lines = Object.entries(value).map(([key, item]) => {
    const label = isArray ? '' : `${JSON.stringify(key)}: `;
    return inner + label + render(item, inner, inner.length + label.length + 1);
  });
  return `${isArray ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${isArray ? ']' : '}'}`;
}

function renderFlat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(renderFlat).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${renderFlat(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function removeStale(out: string, names: ReadonlySet<string>): void {
  mkdirSync(out, { recursive: true });
  const stale = readdirSync(out).filter((file) => !names.has(caseName(file)));
  if (stale.length > 0 && !isUpdating) {
    throw new Error(`${stale.join(', ')} in ${out} has no case: run the test with UPDATE_GOLDEN=1`);
  }
  for (const file of stale) rmSync(join(out, file));
}

function caseName(file: string): string {
  return file.slice(0, file.indexOf('.'));
}
