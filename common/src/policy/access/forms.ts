/**
 * What conditions of access mean, as expressions that JavaScript and RE2 read alike: Envoy is given them, and
 * ext-authz judges by them, so a rule must mean the same on both sides. All are for the whole of a value, and small:
 * Envoy takes RE2 programs of 100 steps, and a counted repetition is a step each.
 */
export const ACCESS_FORMS = {
  /** A header on one line: a comma could join two, and other bytes read differently elsewhere. */
  clearHeader: String.raw`[\t\x20-\x2b\x2d-\x7e]*`,
  /** A path that a server behind may take for another: folded, or decoded before it is split. */
  ambiguousPath: String.raw`.*(?://|/\.{1,2}(?:/|$)|\.\.;|\\|%2[fF]|%5[cC]|%2[eE]).*`,
  /** A signed token in compact form (RFC 7519). */
  token: String.raw`[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`,
  /** A subject that can be the value of a header. */
  subject: String.raw`[\x21-\x7e]+`,
} as const;

/** Values of `typ`, in any case, of tokens that are for access; others (`dpop+jwt`, `logout+jwt`) say something else. */
export const ACCESS_TOKEN_TYPES: readonly string[] = ['jwt', 'at+jwt', 'application/at+jwt'];

/** What stands before the token in Authorization, exactly. */
export const BEARER = 'Bearer ';

/** `/v1/payments/{id}`: each `{name}` is one segment that is not empty; the rest is taken literally. */
export function templateRegex(template: string): string {
  return template
    .split(/\{[^{}]*\}/)
    .map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('[^/]+');
}
