export { type Algorithm, algorithms } from './algorithm.ts';
export { type KeyFromJson, keyFromJson } from './key-from-json.ts';
export { type KeyRing, type KeyState, keyState, type SigningKey } from './key-ring.ts';
export { keyStates, type ListedKey } from './key-states.ts';
export { type LoadedKeyRing, type LoadOptions, loadKeyRing } from './load-key-ring.ts';
export { parseSecret } from './parse-secret.ts';
export {
  createRemoteKeys,
  fetchText,
  type LoadedKeys,
  type RemoteKeys,
  type RemoteLease,
  type WechatPay,
} from './remote/index.ts';
export { createSecretFiles, type SecretFiles } from './secret-files.ts';
