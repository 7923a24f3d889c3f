import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;

/** Time on a core that the threads of these processes have had since their start, in milliseconds. */
export function cpuTimeMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ofProcess(pid), 0);
}

/** The first word of schedstat is in nanoseconds; ticks of `stat` are 10 ms and too coarse for a scrape. */
function ofProcess(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return sum + Number(ran) / NS_PER_MS;
  }, 0);
}
