import { readFileSync } from 'node:fs';

import { createFakeClock, type FakeClock } from '@paymesh/common/testing';

import { findingLine, loadRules } from '../config/index.ts';
import {
  createLimiter,
  type Descriptor,
  type GlobalModes,
  type Limiter,
  type LimitRequest,
} from '../limiter/index.ts';
import type { RuleSet } from '../match/index.ts';
import type { OverrideIndex } from '../overrides/index.ts';
import { type CounterStore, createEmbeddedStore } from '../store/index.ts';

/** Rules of a file of testdata/rules, by name; throws where they are refused. */
export function rulesOf(...names: readonly string[]): RuleSet {
  const files = names.map((name) => {
    const path = new URL(`../../testdata/rules/${name}.yaml`, import.meta.url);
    return { path: `${name}.yaml`, text: readFileSync(path, 'utf8') };
  });
  return rulesFrom(files);
}

/** Rules of texts; throws where they are refused. */
export function rulesFrom(files: readonly { path: string; text: string }[]): RuleSet {
  const loaded = loadRules(files);
  if (loaded.kind !== 'loaded') throw new Error(loaded.findings.map(findingLine).join('\n') || 'no files');
  return loaded.rules;
}

/** What a limiter told its observer. */
export type Observed = readonly unknown[];

export interface TestLimiter {
  readonly limiter: Limiter;
  readonly clock: FakeClock;
  readonly observed: Observed[];
}

export interface TestLimiterOptions {
  readonly store?: CounterStore;
  readonly modes?: GlobalModes;
  readonly overrides?: () => OverrideIndex;
  /** Unix seconds at the start. Default 1 200, the start of a minute. */
  readonly atSeconds?: number;
}

/** A limiter on counters of its own and a clock that stands still. */
export function createTestLimiter(rules: RuleSet | undefined, options: TestLimiterOptions = {}): TestLimiter {
  const clock = createFakeClock((options.atSeconds ?? 1_200) * 1_000);
  const observed: Observed[] = [];
  const limiter = createLimiter({
    rules: () => rules,
    store: options.store ?? createEmbeddedStore(),
    localStore: createEmbeddedStore(),
    clock,
    observer: {
      decided: ({ domain, rule, outcome }) => observed.push(['decided', domain, rule.label, outcome]),
      unmatched: (...told) => observed.push(['unmatched', ...told]),
      fellBack: (...told) => observed.push(['fellBack', ...told]),
    },
    ...(options.modes !== undefined && { modes: options.modes }),
    ...(options.overrides !== undefined && { overrides: options.overrides }),
  });
  return { limiter, clock, observed };
}

/** A descriptor of `key=value` texts, for one hit. */
export function descriptor(entries: readonly string[], more: Partial<Descriptor> = {}): Descriptor {
  return { entries: entries.map(entryOf), hits: 1, ...more };
}

/** A request of the domain `test-domain`; each descriptor is a list of `key=value` texts. */
export function request(...descriptors: readonly (readonly string[])[]): LimitRequest {
  return { domain: 'test-domain', descriptors: descriptors.map((entries) => descriptor(entries)) };
}

function entryOf(text: string): { key: string; value: string } {
  const [key = '', ...rest] = text.split('=');
  return { key, value: rest.join('=') };
}
