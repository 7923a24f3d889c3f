export { type CallContext, callContext } from './call-context.ts';
export { currencyCodes, currencyExponent } from './currency.ts';
export { type Environment, readEnvironment, wholeNumber } from './environment.ts';
export { canonicalJson, fingerprint } from './fingerprint.ts';
export { idempotencyKey } from './idempotency-key.ts';
export { parseJson } from './json-body.ts';
export { formatDecimal, MAX_MINOR, type Money, parseDecimal, parseMoney } from './money.ts';
export {
  type Call,
  createOutboundClient,
  type OutboundClient,
  type OutboundOptions,
} from './outbound-client.ts';
export type { Outcome } from './outcome.ts';
export { accept, isObject, type Parsed, parseId, refuse } from './parsed.ts';
export { invalidRequest, orInvalid, PROBLEM_TYPE, Problem, problemBody } from './problem.ts';
export type { Charge } from './psp/charge-book.ts';
export { openFileJournal } from './psp/file-journal.ts';
export type { NotifyOptions } from './psp/notifier.ts';
export { type NotifyTarget, readNotifyTarget } from './psp/notify-environment.ts';
export { buildPspSimulator, type PspOptions } from './psp/psp-simulator.ts';
export { readSecretFile } from './secret-file.ts';
export { createService, type ServiceOptions } from './service.ts';
export { type HttpOptions, startHttp } from './start-http.ts';
