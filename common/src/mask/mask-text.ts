import { maskPans } from './mask-pans.ts';
import { maskAroundUuids } from './uuid.ts';

const MASKED = '[masked]';
/** Shorter runs are names and numbers. */
const MIN_RUN = 32;
/** Fewest characters between the dashes of a run for it to be one that a machine made. */
const MIN_PIECE = 12;

/** What may be a JWT or JWE, from the beginning of its run: from its middle a long text would be read many times. */
const DOTTED = /(?<![\w-])[\w-]{7,}(?:(?:\.|%2[eE])[\w-]*)+/g;
/** The beginning of one: base64url of `{"`. */
const TOKEN = /eyJ.*/;
const CREDENTIAL = /\b(bearer|basic)((?:\s|%20|\+){1,3})[\w.~+/%=-]{6,}/gi;
/** `token=...`, `api_key: ...`: in a query, a matrix parameter, a header. */
const NAMED =
  /\b((?:[a-z]{1,16}[_-])?(?:passw(?:or)?d|pwd|secret|token|api[_-]?key|private[_-]?key|cvv2?|cvc2?)["']?(?:=|:\s?|%3[dD])["']?)[^&;,\s"']+/gi;
/** Keys of payment providers say what they are. */
const PROVIDER_KEY = /\b(?:[sr]k_(?:live|test)|whsec)_[\w+/=]{8,}/g;
const RUN = new RegExp(String.raw`(?:[\w+=-]|%2[bBfF]|%3[dD]){${MIN_RUN},}`, 'g');

/** Masks tokens, passwords and keys that say what they are by their form or name. */
export function maskSecrets(text: string): string {
  return text
    .replace(DOTTED, (run) => run.replace(TOKEN, MASKED))
    .replace(CREDENTIAL, `$1$2${MASKED}`)
    .replace(NAMED, `$1${MASKED}`)
    .replace(PROVIDER_KEY, MASKED);
}

/** Masks card numbers and secrets in any text. */
export function maskText(text: string): string {
  return maskPans(maskSecrets(text));
}

/**
 * Masks as `maskText` does, and also runs of 32 or more characters of base64 or hex, which in the path of a
 * request are more likely a secret than a name. UUIDs, words and numbers stay.
 */
export function maskPath(path: string): string {
  // Card numbers last: a run that shows the ends of something like one would be no run any more.
  return maskPans(
    maskAroundUuids(maskSecrets(path), (part) => part.replace(RUN, (run) => (isRandom(run) ? MASKED : run))),
  );
}

/** Long words joined by dashes have short pieces, and names in camel case no digits. */
function isRandom(run: string): boolean {
  return (
    run
      .split(/[_-]/)
      .some((piece) => piece.length >= MIN_RUN || (piece.length >= MIN_PIECE && /\d/.test(piece))) &&
    /\d/.test(run)
  );
}
