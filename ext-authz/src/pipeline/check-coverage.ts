import { deny, PASS, type Stage } from './stage.ts';

/** What the policy wants covered must be: a signature that is right over too little proves too little. */
export const checkCoverage: Stage = (evidence) => {
  const { presented, signer, verify } = evidence;
  if (presented === undefined || signer === undefined) return deny('internal_error');
  if (verify.cover.length === 0) return PASS;
  const { covered } = presented;
  const isCovered = verify.cover.every((component) => covered.includes(component));
  return isCovered ? PASS : deny('insufficient_coverage', signer);
};
