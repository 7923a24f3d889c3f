export type { Circumstances, Decision, Proof, StageTiming, Verdict } from './decision.ts';
export {
  type Denial,
  type DenialCode,
  type DenialReason,
  type DenialStatus,
  denialOf,
  denialReasons,
} from './denials.ts';
export type { Provider, RefusalStyle } from './refusal-style.ts';
