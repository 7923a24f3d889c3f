import type { Scenario } from '../harness/index.ts';
import { authzDown } from './authz-down.ts';
import { badPolicy } from './bad-policy.ts';
import { brownOut } from './brown-out.ts';
import { burst } from './burst.ts';
import { controlPlaneDown } from './control-plane-down.ts';
import { forgedSignature } from './forged-signature.ts';
import { instanceDown } from './instance-down.ts';
import { limiterDown } from './limiter-down.ts';
import { pay } from './pay.ts';
import { policyEdit } from './policy-edit.ts';
import { providerNotification } from './provider-notification.ts';
import { pspDown } from './psp-down.ts';
import { pspSlow } from './psp-slow.ts';
import { replay } from './replay.ts';
import { staleTimestamp } from './stale-timestamp.ts';

/** Every scenario, in the order in which `all` runs them on one mesh. */
export const scenarios: readonly Scenario[] = [
  pay,
  forgedSignature,
  replay,
  staleTimestamp,
  providerNotification,
  burst,
  instanceDown,
  pspDown,
  pspSlow,
  brownOut,
  authzDown,
  limiterDown,
  controlPlaneDown,
  badPolicy,
  policyEdit,
];
