import { hash } from 'node:crypto';

import type { FormField, TextRules } from '../form/index.ts';

/** The one version: 5.0.0 is SHA-1. */
export const VERSION = '5.1.0';
/** The one method: RSA with a certificate. */
export const SIGN_METHOD = '01';

/** Fields that may follow a URL with a query; of any other name, `&name=` there is part of the URL. */
const KNOWN = [
  'accNo',
  'accSplitData',
  'accType',
  'accessType',
  'acqInsCode',
  'backUrl',
  'bizType',
  'cardTransData',
  'certId',
  'channelType',
  'currencyCode',
  'customerInfo',
  'customerIp',
  'defaultPayType',
  'encoding',
  'encryptCertId',
  'frontFailUrl',
  'frontUrl',
  'instalTransInfo',
  'issInsCode',
  'merAbbr',
  'merCatCode',
  'merId',
  'merName',
  'orderDesc',
  'orderId',
  'origQryId',
  'payTimeout',
  'queryId',
  'reqReserved',
  'reserved',
  'riskRateInfo',
  'signMethod',
  'signPubKeyCert',
  'subMerAbbr',
  'subMerId',
  'subMerName',
  'termId',
  'tokenPayData',
  'txnAmt',
  'txnSubType',
  'txnTime',
  'txnType',
  'version',
];

/** How the joined text of a message is read. */
export const TEXT_RULES: TextRules = {
  nested: new Set([
    'cardTransData',
    'instalTransInfo',
    'reqReserved',
    'reserved',
    'riskRateInfo',
    'tokenPayData',
  ]),
  urls: new Set(['backUrl', 'frontFailUrl', 'frontUrl']),
  known: new Set(KNOWN),
};

/** The fields that are signed, unsorted. */
export function signedFields(fields: readonly FormField[]): readonly FormField[] {
  return fields.filter(([name]) => name !== 'signature');
}

/** What RSA signs, with SHA-256 once more: the SHA-256 of the joined fields in lower-case hex. */
export function hexDigest(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'hex'), 'latin1');
}
