import { createServer } from 'node:net';

import { CommandError } from '../output/index.ts';

/** A port that a mesh will listen on, and who. */
export interface WantedPort {
  readonly owner: string;
  readonly host: string;
  readonly port: number;
}

/** Busy ports named in the message; further ones are counted. */
const MOST_LISTED = 3;

/** Throws one sentence that names every wanted port that somebody else holds. */
export async function refuseBusyPorts(wanted: readonly WantedPort[]): Promise<void> {
  const answers = await Promise.all(wanted.map(async (port) => ({ ...port, isFree: await isFree(port) })));
  const busy = answers.filter((answer) => !answer.isFree).map(({ owner, port }) => `${port} (${owner})`);
  if (busy.length === 0) return;
  const what = busy.length === 1 ? `port ${busy[0]} is` : `ports ${listed(busy)} are`;
  throw new CommandError(
    `${what} in use: end the other program (another mesh?), or start this one elsewhere with --port-offset 100`,
  );
}

function listed(busy: readonly string[]): string {
  const more = busy.length - MOST_LISTED;
  return `${busy.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function isFree({ host, port }: WantedPort): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
