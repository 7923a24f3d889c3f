export { fetchStatus } from './fetch-status.ts';
export { followEdits } from './follow-edits.ts';
export { renderStatus } from './status-table.ts';
