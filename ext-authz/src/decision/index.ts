export type { Decision, Proof } from './decision.ts';
export {
  type Denial,
  type DenialCode,
  type DenialReason,
  type DenialStatus,
  denialOf,
  denialReasons,
} from './denials.ts';
