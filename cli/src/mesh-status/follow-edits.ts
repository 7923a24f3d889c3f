import { setTimeout as pause } from 'node:timers/promises';

import { editNews, type PolicyState } from './edit-news.ts';
import { fetchStatus } from './fetch-status.ts';

/** Time between two looks at the control plane, in milliseconds. */
const DEFAULT_LOOK_MS = 500;

export interface FollowEdits {
  /** The control plane's admin port, HOST:PORT. */
  readonly admin: string;
  readonly signal: AbortSignal;
  readonly tell: (news: string) => void;
  /** Default 500. */
  readonly lookMs?: number;
}

/** Tells what becomes of each edit until the signal; a control plane that is gone is waited for. */
export async function followEdits({
  admin,
  signal,
  tell,
  lookMs = DEFAULT_LOOK_MS,
}: FollowEdits): Promise<void> {
  let before: PolicyState | undefined;
  while (!signal.aborted) {
    const now: PolicyState | undefined = await fetchStatus(admin).catch(() => undefined);
    const news = before && now && editNews(before, now, process.cwd());
    if (news !== undefined && !signal.aborted) tell(news);
    before = now ?? before;
    await pause(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
