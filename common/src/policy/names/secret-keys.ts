/** A private key is easily pasted where the public one belongs. */
const NAMES = 'secret|privateKey|publicKey|apiV3Key';
const SECRET_KEY = new RegExp(`^(?:${NAMES})$`, 'i');
const MENTIONED = new RegExp(NAMES, 'i');

/** True for the keys of a policy file whose values nobody may see: nothing below them is ever repeated. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** False for the text of a file that has no such key anywhere. */
export function mentionsSecretKey(text: string): boolean {
  return MENTIONED.test(text);
}
