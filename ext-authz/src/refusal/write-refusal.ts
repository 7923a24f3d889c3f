import type { Denial, RefusalStyle } from '../decision/index.ts';
import { problem } from './problem.ts';
import { providerRefusals } from './providers.ts';
import type { Refusal } from './refusal.ts';

/** Headers and body of a denial in the style of a policy; without one as problem+json. */
export function writeRefusal(denial: Denial, requestId: string, style?: RefusalStyle): Refusal {
  if (style?.kind === 'provider') return providerRefusals[style.provider](denial, requestId);
  return problem(denial, requestId, style?.acceptSignature);
}
