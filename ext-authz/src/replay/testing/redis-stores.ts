import { readFileSync } from 'node:fs';

import { parseRedisUrl } from '@paymesh/common/config';
import { eventually, type RedisTls } from '@paymesh/common/testing';

import type { NonceStore } from '../nonce-store.ts';
import { openRedisStore } from '../redis-store.ts';

export interface OpenOptions {
  readonly url: string;
  readonly timeoutMs?: number;
  readonly tls?: RedisTls;
}

/** Stores on real servers, all closed by one call, and what they told of. */
export interface RedisStores {
  readonly troubles: string[];
  open(options: OpenOptions): Promise<NonceStore>;
  /** Opened, and seen to answer in time. */
  openConnected(options: OpenOptions): Promise<NonceStore>;
  /** A store that answers in time on a busy machine too: for tests of anything but the time limit. */
  openPatient(options: OpenOptions): Promise<NonceStore>;
  closeAll(): Promise<void>;
}

const PATIENT_MS = 2_000;
let keys = 0;

/** A key that no other test has. */
export function newKey(): string {
  keys += 1;
  return `key-${process.pid}-${keys}`;
}

/** Resolves when the store says fresh to a new key. */
export function isUsable(store: NonceStore, timeoutMs = 5_000): Promise<void> {
  const isFresh = async () => {
    const claim = await store.claim(newKey(), 1_000);
    if (claim !== 'fresh') throw new Error(`the store says ${claim}`);
  };
  return eventually(isFresh, { timeoutMs });
}

/** No stores yet. */
export function createRedisStores(): RedisStores {
  const stores: NonceStore[] = [];
  const troubles: string[] = [];
  const open = async ({ url, timeoutMs, tls }: OpenOptions) => {
    const parsed = parseRedisUrl(url);
    if (parsed.kind === 'error') throw new Error(parsed.message);
    const store = await openRedisStore({
      target: parsed.target,
      ...(tls === undefined ? {} : { certificates: readCertificates(tls) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onTrouble: (message) => troubles.push(message),
    });
    stores.push(store);
    return store;
  };
  const openConnected = async (options: OpenOptions) => {
    const store = await open(options);
    await isUsable(store);
    return store;
  };
  return {
    troubles,
    open,
    openConnected,
    openPatient: (options) => openConnected({ timeoutMs: PATIENT_MS, ...options }),
    closeAll: async () => {
      for (const store of stores.splice(0)) await store.close();
    },
  };
}

function readCertificates({ caFile, certFile, keyFile }: RedisTls) {
  const read = (file: string) => readFileSync(file, 'utf8');
  return { ca: read(caFile), cert: read(certFile), key: read(keyFile) };
}
