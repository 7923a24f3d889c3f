export { fetchText } from './fetch-text.ts';
export type { KeySource, LoadedKeys } from './key-source.ts';
export { openSources } from './open-sources.ts';
export { createRemoteKeys, type RemoteKeys, type RemoteLease } from './remote-keys.ts';
export type { WechatPay } from './wechat-pay.ts';
