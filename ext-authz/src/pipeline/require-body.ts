import { deny, PASS, type Stage } from './stage.ts';

/** The digest means something only over the whole body: all of it, or no decision in its favour. */
export const requireBody: Stage = (evidence) => {
  const { body } = evidence.message;
  if (body.kind === 'withheld') return deny('body_unavailable');
  if (body.kind === 'partial') return deny('partial_body');
  if (body.bytes.byteLength > evidence.rule.maxBodyBytes) return deny('body_too_large');
  evidence.body = body.bytes;
  return PASS;
};
