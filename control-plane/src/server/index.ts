export { type AdsServer, type AdsServerOptions, startAdsServer } from './ads-server.ts';
export type { AdsEvent, AdsObserver, Nack, SentResponse } from './events.ts';
