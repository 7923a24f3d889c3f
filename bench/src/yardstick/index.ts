export { compare } from './compare.ts';
export { type Contestant, type Questions, startEcho } from './contestant.ts';
export { needPrograms } from './h2load.ts';
export { type LoadConnection, openConnection } from './load/connection.ts';
export { CONNECTIONS, type LoadResult, type LoadSpec, type MessagesSpec } from './load/load-spec.ts';
export { load } from './load/run-load.ts';
export { sendAll, sendPaced } from './load/send-all.ts';
export { type Cores, findCores, pinProcess, startServer } from './pinned.ts';
export type { ServerSpec } from './server-spec.ts';
