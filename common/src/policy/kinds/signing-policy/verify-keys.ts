import { keySetRef, object, type Reader, required } from '../../schema/index.ts';
import type { VerifyKeys } from '../../types.ts';

/** The set of keys that signatures are verified with. */
export const verifyKeys: Reader<VerifyKeys> = object<VerifyKeys>({ keySet: required('from', keySetRef) });
