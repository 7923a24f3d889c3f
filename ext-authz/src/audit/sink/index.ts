export { openFileSink } from './file-sink.ts';
export type { DropCause, LineSink } from './line-sink.ts';
export { createStdoutSink } from './stdout-sink.ts';
