import { hash, X509Certificate } from 'node:crypto';

/**
 * What Alipay calls the serial of a certificate (app_cert_sn, alipay_cert_sn): MD5 over the issuer's name, last part
 * first as in RFC 4514, and the serial number in decimal; lower-case hex. It names a certificate and proves nothing.
 * Throws on a PEM that is no certificate.
 */
export function certSn(pem: string): string {
  const { issuer, serialNumber } = new X509Certificate(pem);
  const name = issuer.split('\n').toReversed().join(',');
  return hash('md5', `${name}${BigInt(`0x${serialNumber}`)}`, 'hex');
}
