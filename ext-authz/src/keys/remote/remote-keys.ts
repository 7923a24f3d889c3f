import type { Clock } from '@paymesh/common/clock';

import type { FetchText } from './fetch-text.ts';
import {
  createKeySource,
  type KeySource,
  type KeySourceOptions,
  type LoadedKeys,
  type Schedule,
} from './key-source.ts';
import type { WechatPay } from './wechat-pay.ts';

/** How a source is found again: the same name and terms, the same source. */
export interface SourceRequest extends Pick<KeySourceOptions, 'load' | 'refreshMs' | 'maxStaleMs'> {
  /** `namespace/name` of the KeySet and its field: `pay/merchants jwks`. */
  readonly name: string;
  /** All that decides which keys it gives. A source with other terms is another one. */
  readonly terms: string;
  /** Whether its keys are those that a source of the same name gave, so that they last until the first answer. */
  readonly isSuccessor: boolean;
}

/** The sources that one set of policies uses; they live while any lease has them. */
export interface RemoteLease extends RemoteOptions {
  open(request: SourceRequest): KeySource;
  release(): void;
}

export interface RemoteOptions {
  readonly fetchText: FetchText;
  /** Absent: KeySets with certificates of WeChat Pay are refused. */
  readonly wechatPay?: WechatPay | undefined;
  readonly clock: Clock;
}

export interface RemoteKeysOptions extends RemoteOptions {
  /** Default: timers that keep no process alive. */
  readonly schedule?: Schedule;
  /** Default `Math.random`. */
  readonly random?: () => number;
  /** What became of each load; `goodUntilMs`: when the keys that are there expire. */
  readonly onLoaded?: (name: string, loaded: LoadedKeys, goodUntilMs: number | undefined) => void;
}

/** Remote sources of keys, kept over reloads of the policies. */
export interface RemoteKeys {
  lease(): RemoteLease;
  /** Ends all sources, whoever has them. */
  close(): void;
}

interface Leased {
  readonly source: KeySource;
  readonly request: SourceRequest;
  holders: number;
}

/** No sources at first. */
export function createRemoteKeys(options: RemoteKeysOptions): RemoteKeys {
  const { schedule = unrefTimer, random = Math.random, onLoaded = () => undefined } = options;
  const sources = new Map<string, Leased>();

  function openSource(request: SourceRequest): Leased {
    const id = `${request.name} ${request.terms}`;
    const found = sources.get(id);
    if (found !== undefined) return found;
    const source = createKeySource({
      ...request,
      clock: options.clock,
      schedule,
      random,
      onLoaded: (loaded, goodUntilMs) => onLoaded(request.name, loaded, goodUntilMs),
      seed: request.isSuccessor ? predecessor(request.name)?.source.keys() : undefined,
    });
    const made = { source, request, holders: 0 };
    sources.set(id, made);
    return made;
  }

  function predecessor(name: string): Leased | undefined {
    return [...sources.values()].findLast(({ request }) => request.name === name);
  }

  function release(leased: Leased): void {
    leased.holders -= 1;
    if (leased.holders > 0) return;
    leased.source.close();
    sources.delete(`${leased.request.name} ${leased.request.terms}`);
  }

  return {
    lease: () => {
      const held = new Set<Leased>();
      return {
        ...options,
        open: (request) => {
          const leased = openSource(request);
          if (!held.has(leased)) leased.holders += 1;
          held.add(leased);
          return leased.source;
        },
        release: () => {
          for (const leased of held) release(leased);
          held.clear();
        },
      };
    },
    close: () => {
      for (const { source } of sources.values()) source.close();
      sources.clear();
    },
  };
}

const unrefTimer: Schedule = (work, ms) => {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
};
