export { openPolicies } from './open-policies.ts';
export { printJudgement } from './print-judgement.ts';
export { printCoverage, printResults } from './print-run.ts';
