import { MAX_MINOR, wholeNumber } from '@paymesh/sample-kit';

import type { RiskRules } from './assess.ts';

const MAX_PER_MINUTE = 1_000_000;

/** Reads RISK_DENY_ABOVE (50 000 000), RISK_REVIEW_ABOVE (5 000 000), RISK_PER_MINUTE (600), RISK_BLOCKED (a,b). */
export function readRules(variables: Readonly<Record<string, string | undefined>>): RiskRules {
  return {
    denyAboveMinor: wholeNumber(variables, 'RISK_DENY_ABOVE', { fallback: 50_000_000, max: MAX_MINOR }),
    reviewAboveMinor: wholeNumber(variables, 'RISK_REVIEW_ABOVE', { fallback: 5_000_000, max: MAX_MINOR }),
    reviewAbovePerMinute: wholeNumber(variables, 'RISK_PER_MINUTE', { fallback: 600, max: MAX_PER_MINUTE }),
    blocked: new Set((variables['RISK_BLOCKED'] ?? '').split(',').filter((id) => id !== '')),
  };
}
