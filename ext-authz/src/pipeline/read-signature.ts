import { anyScheme } from '../signature/index.ts';
import { deny, PASS, type Stage } from './stage.ts';

/** Finds the signature and checks its form, so that nothing below meets odd input. */
export const readSignature: Stage = (evidence) => {
  const { message, body, verify } = evidence;
  if (body === undefined) return deny('internal_error');
  const presentation = anyScheme.present({ message, body }, verify.profile);
  switch (presentation.kind) {
    case 'absent':
      return deny('missing_signature');
    case 'refused':
      return deny(presentation.reason);
    case 'presented':
      evidence.presented = presentation.presented;
      return PASS;
  }
};
