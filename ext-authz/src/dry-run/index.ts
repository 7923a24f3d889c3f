export { type Difference, firstDifference } from './first-difference.ts';
export { type DryRun, type Judgement, openDryRun } from './open-dry-run.ts';
export { readTable, type Table } from './read-table.ts';
export { runTable, type TableRun } from './run-table.ts';
export { signProfileOf } from './sign-profile-of.ts';
export { signingKeyOf } from './signing-key-of.ts';
