import { describe, expect, test } from '@jest/globals';

import { shiftPorts } from './shift-ports.ts';

const WORKLOAD = `# an instance
apiVersion: paymesh.dev/v1
kind: Workload
metadata: { name: payments-1 }
spec: { service: payments, address: 127.0.0.1, port: 22010, weight: 5, proxy: { inbound: 22011, outbound: 22012, admin: 22013 } }
`;
const DEFAULTS = `kind: MeshDefaults
spec:
  controlPlane: { listen: 127.0.0.1:18000, admin: 127.0.0.1:18001 }
  extAuthz: { endpoints: [ 127.0.0.1:18010 ], timeout: 300ms }
`;
const ROUTE = `kind: Route
spec: { match: [ { path: { exact: /port/1234 } } ], port: 1 }
`;

describe('shiftPorts', () => {
  test('moves the ports of a Workload and nothing else', () => {
    const moved = shiftPorts(WORKLOAD, 100);
    expect(moved).toContain('port: 22110');
    expect(moved).toContain('inbound: 22111, outbound: 22112, admin: 22113');
    expect(moved).toContain('weight: 5');
    expect(moved).toContain('# an instance');
  });

  test('moves the addresses of MeshDefaults', () => {
    const moved = shiftPorts(DEFAULTS, 100);
    expect(moved).toContain('listen: 127.0.0.1:18100, admin: 127.0.0.1:18101');
    expect(moved).toContain('127.0.0.1:18110');
    expect(moved).toContain('timeout: 300ms');
  });

  test('leaves other kinds alone', () => {
    expect(shiftPorts(ROUTE, 100)).toBe(ROUTE);
  });

  test('keeps the documents of a file apart', () => {
    const moved = shiftPorts(`${WORKLOAD}---\n${ROUTE}---\n${DEFAULTS}`, 1);
    expect(moved.split(/^---$/m)).toHaveLength(3);
  });

  test('gives the same text back for no offset', () => {
    expect(shiftPorts(WORKLOAD, 0)).toBe(WORKLOAD);
  });

  test('refuses a port beyond the last', () => {
    expect(() => shiftPorts(WORKLOAD, 50_000)).toThrow(
      '--port-offset 50000 moves port 22010 to 72010, which is not between 1 and 65535',
    );
  });
});
