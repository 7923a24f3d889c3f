import { median } from '../median.ts';
import type { Contestant } from './contestant.ts';
import { h2load } from './h2load.ts';
import { load } from './load/run-load.ts';
import type { Cores } from './pinned.ts';

/** Each round measures all of them once, one after the other. */
const ROUNDS = 5;
const REQUESTS = 20_000;

/** Calls a second of one contestant in one round. */
interface Figures {
  /** The messages of the contestant. */
  readonly distinct: number;
  /** One message again and again, by h2load. */
  readonly repeated: number;
  /** Calls for each second that the server had its core, of the first: other programs on it take no part in this. */
  readonly perCpuSecond: number;
  /** Answers that were no allow where one was wanted: a store that did not answer in time. */
  readonly denied: number;
}

/** Measures in rounds; prints the medians of the ratios to the first contestant in the same round. */
export async function compare(
  contestants: readonly Contestant[],
  cores: Cores,
  print: (line: string) => void,
): Promise<void> {
  for (const contestant of contestants) await measure(contestant, cores);
  const rounds: (readonly Figures[])[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const figures: Figures[] = [];
    for (const contestant of contestants) figures.push(await measure(contestant, cores));
    rounds.push(figures);
    print(`# round ${round} of ${ROUNDS}`);
  }
  print(
    `medians of ${ROUNDS} rounds, as calls a second and as ratio to ${contestants[0]?.name} in the same round`,
  );
  for (const [index, contestant] of contestants.entries()) print(line(contestant, index, rounds));
}

async function measure(contestant: Contestant, cores: Cores): Promise<Figures> {
  const cpuBefore = contestant.server.cpuSeconds();
  const { perSecond, denied } = await load(cores, contestant, { requests: REQUESTS });
  const perCpuSecond = REQUESTS / (contestant.server.cpuSeconds() - cpuBefore);
  const { path, server } = contestant;
  const message = contestant.sample();
  const repeated = await h2load({ core: cores.load, port: server.port, path, message, requests: REQUESTS });
  return { distinct: perSecond, perCpuSecond, repeated, denied };
}

function line({ name, goal }: Contestant, index: number, rounds: readonly (readonly Figures[])[]): string {
  const column = (key: keyof Figures) => {
    const own = median(rounds.map((round) => round[index]?.[key] ?? Number.NaN));
    const ratio = median(
      rounds.map((round) => (round[index]?.[key] ?? Number.NaN) / (round[0]?.[key] ?? Number.NaN)),
    );
    return `${own.toFixed(0).padStart(7)} ${ratio.toFixed(2)}`;
  };
  const denied = rounds.reduce((sum, round) => sum + (round[index]?.denied ?? 0), 0);
  const flaw = denied === 0 ? '' : `  (${denied} of ${REQUESTS * rounds.length} denied)`;
  const wanted = goal === undefined ? '' : `  (goal: ${goal.toFixed(2)})`;
  return `${name.padEnd(24)} messages ${column('distinct')}, by CPU time ${column('perCpuSecond')}   h2load, one message ${column('repeated')}${wanted}${flaw}`;
}
