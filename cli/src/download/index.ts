export { type FetchProcess, runFetch } from './run-fetch.ts';
export { withWorkFolder } from './work-folder.ts';
