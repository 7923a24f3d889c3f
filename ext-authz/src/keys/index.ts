export { type Algorithm, algorithms } from './algorithm.ts';
export { type KeyRing, type KeyState, keyState, type SigningKey } from './key-ring.ts';
export { type LoadedKeyRing, loadKeyRing, type SecretSource } from './load-key-ring.ts';
export { parseSecret } from './parse-secret.ts';
export { createSecretFiles, type SecretFiles } from './secret-files.ts';
