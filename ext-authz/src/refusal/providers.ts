import type { Denial, Provider } from '../decision/index.ts';
import type { Refusal, RefusalWriter } from './refusal.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Refusals as clients of these providers know them; the stable code goes along in `x-paymesh-code`. */
export const providerRefusals: Readonly<Record<Provider, RefusalWriter>> = {
  // WeChat Pay APIv3, "error codes": {code, message}; SIGN_ERROR with 401.
  wechatpay: (denial, requestId) =>
    refusal(denial, JSON_TYPE, json({ code: wechatCode(denial), message: sentence(denial, requestId) })),
  // Alipay open API v3: {code, message}.
  alipay: (denial, requestId) =>
    refusal(denial, JSON_TYPE, json({ code: alipayCode(denial), message: sentence(denial, requestId) })),
  // Alipay+: {result: {resultCode, resultStatus, resultMessage}}; F is final, U may be tried again.
  alipayplus: (denial, requestId) =>
    refusal(
      denial,
      JSON_TYPE,
      json({
        result: {
          resultCode: alipayplusCode(denial),
          resultStatus: isUnavailable(denial) ? 'U' : 'F',
          resultMessage: sentence(denial, requestId),
        },
      }),
    ),
  // UnionPay 5.1.0: fields of a form that is not encoded; 11 is a wrong signature, 03 a system that is not there.
  unionpay: (denial, requestId) =>
    refusal(
      denial,
      'application/x-www-form-urlencoded; charset=utf-8',
      `respCode=${isUnavailable(denial) ? '03' : '11'}&respMsg=${sentence(denial, requestId).replaceAll(/[&=]/g, ' ')}`,
    ),
  // AWS JSON protocols: {__type, message}.
  sigv4: (denial, requestId) =>
    refusal(
      denial,
      'application/x-amz-json-1.1',
      json({ __type: awsType(denial), message: sentence(denial, requestId) }),
    ),
};

/** True for a scheme whose provider words its refusals in its own way. */
export function isProvider(scheme: string): scheme is Provider {
  return Object.hasOwn(providerRefusals, scheme);
}

function refusal({ code }: Denial, contentType: string, body: string): Refusal {
  return {
    headers: [
      ['content-type', contentType],
      ['cache-control', 'no-store'],
      ['x-paymesh-code', code],
    ],
    body,
  };
}

function sentence({ title }: Denial, requestId: string): string {
  return `${title} Request ${requestId}.`;
}

function isUnavailable({ status }: Denial): boolean {
  return status === 503;
}

function wechatCode(denial: Denial): string {
  if (isUnavailable(denial)) return 'SYSTEM_ERROR';
  if (denial.code === 'access_denied' || denial.code === 'key_not_valid') return 'NO_AUTH';
  return denial.status === 401 ? 'SIGN_ERROR' : 'INVALID_REQUEST';
}

function alipayCode(denial: Denial): string {
  if (isUnavailable(denial)) return 'system-error';
  if (denial.code === 'missing_signature') return 'missing-signature';
  return denial.status === 401 ? 'invalid-signature' : 'access-forbidden';
}

function alipayplusCode(denial: Denial): string {
  if (isUnavailable(denial)) return 'UNKNOWN_EXCEPTION';
  if (denial.code === 'access_denied' || denial.code === 'key_not_valid') return 'ACCESS_DENIED';
  return denial.status === 401 ? 'INVALID_SIGNATURE' : 'PARAM_ILLEGAL';
}

function awsType(denial: Denial): string {
  if (isUnavailable(denial)) return 'ServiceUnavailableException';
  if (denial.code === 'missing_signature') return 'MissingAuthenticationTokenException';
  return denial.status === 401 ? 'InvalidSignatureException' : 'AccessDeniedException';
}

function json(value: object): string {
  return JSON.stringify(value);
}
