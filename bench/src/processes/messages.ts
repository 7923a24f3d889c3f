import { caseNamed, signedCheck } from '../ext-authz/index.ts';
import { limitRequest } from '../rate-limiter/index.ts';
import type { MessagesSpec } from '../yardstick/index.ts';

const MS_PER_SECOND = 1_000;

/** Makes so many messages; `from` of them were made before. */
export function makeMessages(spec: MessagesSpec, count: number, from: number): readonly Buffer[] {
  switch (spec.kind) {
    case 'checks': {
      const chosen = caseNamed(spec.caseName);
      const nowS = Math.floor(Date.now() / MS_PER_SECOND);
      return Array.from({ length: count }, () => signedCheck(chosen, nowS));
    }
    case 'limits':
      return Array.from({ length: count }, (_, index) => limitRequest((from + index) % spec.values));
  }
}
