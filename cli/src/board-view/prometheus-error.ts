/**
 * Why a question to Prometheus got no answer: `unreachable` and `not-prometheus` hold for every question, the others
 * (`refused`: the expression; `timeout`; `too-large`) for one.
 */
export type PrometheusErrorCode = 'unreachable' | 'not-prometheus' | 'refused' | 'timeout' | 'too-large';

export class PrometheusError extends Error {
  readonly code: PrometheusErrorCode;

  constructor(code: PrometheusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
