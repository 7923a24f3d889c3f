import type { Verification } from '../rules/index.ts';
import type { SignProfile } from '../signature/index.ts';

/** How to sign so that a policy accepts it: what it wants covered, in its order, and the parameters that it wants. */
export function signProfileOf({ profile, cover }: Verification): SignProfile {
  if (profile.scheme !== 'rfc9421') return profile;
  const { label, tag, params } = profile;
  return {
    scheme: 'rfc9421',
    components: cover,
    label,
    tag,
    params: params.filter((param) => param !== 'tag'),
  };
}
