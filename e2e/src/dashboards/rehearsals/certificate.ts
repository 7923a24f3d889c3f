import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually, freePort } from '@paymesh/common/testing';

import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

const PROXY = 'risk-1';
/** Shorter than CertExpiring wants. */
const DAYS = '3';

/** Somebody gives a proxy a listener with a certificate, in its bootstrap, and forgets to renew that. */
export const certificate: Rehearsal = {
  name: 'certificate',
  run: async ({ mesh, prometheus }) => {
    const bootstrap = join(mesh.state, 'envoy', `${PROXY}.json`);
    const before = readFileSync(bootstrap, 'utf8');
    const config = JSON.parse(before) as { static_resources: { listeners?: object[] } };
    config.static_resources.listeners = [
      ...(config.static_resources.listeners ?? []),
      listenerWith(makeCertificate(mesh.state), await freePort()),
    ];
    writeFileSync(bootstrap, JSON.stringify(config));
    const proxy = mesh.process(`envoy-${PROXY}`);
    await proxy.kill('SIGKILL');
    proxy.restart();
    await mesh.waitReady(proxy.name);
    await eventually(() => prometheus.expectFiring('CertExpiring'), { timeoutMs: SEEN_WITHIN_MS });
  },
};

interface Certificate {
  readonly chain: string;
  readonly key: string;
}

function makeCertificate(folder: string): Certificate {
  const [chain, key] = [join(folder, 'expiring.pem'), join(folder, 'expiring.key')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=risk.pay.mesh', '-days', DAYS, '-keyout', key, '-out', chain],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr.toString()}`);
  return { chain, key };
}

function listenerWith({ chain, key }: Certificate, port: number): object {
  const typed = (name: string, type: string, more: object = {}): object => ({
    name,
    typed_config: { '@type': `type.googleapis.com/${type}`, ...more },
  });
  return {
    name: 'with-certificate',
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [
      {
        transport_socket: typed(
          'envoy.transport_sockets.tls',
          'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
          {
            common_tls_context: {
              tls_certificates: [{ certificate_chain: { filename: chain }, private_key: { filename: key } }],
            },
          },
        ),
        filters: [typed('envoy.filters.network.echo', 'envoy.extensions.filters.network.echo.v3.Echo')],
      },
    ],
  };
}
