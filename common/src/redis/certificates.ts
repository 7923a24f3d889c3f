import { X509Certificate } from 'node:crypto';

import { Gauge, type Registry } from '../metrics/index.ts';
import type { RedisCertificates } from './client.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * When the first certificate in a PEM text ends, in Unix milliseconds; undefined where it holds none, but a key. Throws
 * when a certificate cannot be read.
 */
export function firstEndMs(pem: string): number | undefined {
  const ends = (pem.match(BLOCK) ?? []).map((block) => Date.parse(new X509Certificate(block).validTo));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Registers when the certificates end with which this program talks to Redis, as they were when it started. */
export function createCertificateGauge(registry: Registry): (certificates: RedisCertificates) => void {
  const gauge = new Gauge({
    name: 'paymesh_certificate_expiry_timestamp_seconds',
    help: 'Unix time at which the first certificate ends of a file that this program read when it started.',
    labelNames: ['certificate'],
    registers: [registry],
  });
  return ({ ca = '', cert = '' }) => {
    for (const [certificate, pem] of [
      ['redis_ca', ca],
      ['redis_client', cert],
    ] as const) {
      const endMs = firstEndMs(pem);
      if (endMs !== undefined) gauge.set({ certificate }, endMs / 1_000);
    }
  };
}
