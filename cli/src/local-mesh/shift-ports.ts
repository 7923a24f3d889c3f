import { isMap, isScalar, parseAllDocuments, visit } from 'yaml';

import { CommandError } from '../output/index.ts';

/** Keys of a Workload or of MeshDefaults whose values are ports or hold `HOST:PORT`. */
const PORT_KEYS = new Set(['port', 'inbound', 'outbound', 'admin']);
const ADDRESS_KEYS = new Set(['listen', 'admin', 'endpoints', 'quotaEndpoints']);
const MAX_PORT = 65_535;

/** The same policy text with every port of Workloads and MeshDefaults moved by `offset`; comments stay. */
export function shiftPorts(text: string, offset: number): string {
  if (offset === 0) return text;
  return parseAllDocuments(text)
    .map((document) => {
      const kind: unknown = isMap(document.contents) ? document.contents.get('kind') : undefined;
      if (kind === 'Workload' || kind === 'MeshDefaults') shiftDocument(document, offset);
      return document.toString();
    })
    .join('---\n')
    .replaceAll('---\n---\n', '---\n');
}

function shiftDocument(document: ReturnType<typeof parseAllDocuments>[number], offset: number): void {
  visit(document, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (PORT_KEYS.has(key) && isScalar(pair.value) && typeof pair.value.value === 'number') {
        pair.value.value = shifted(pair.value.value, offset);
      }
      if (!ADDRESS_KEYS.has(key)) return;
      visit(pair as never, {
        Scalar(place, scalar) {
          if (place === 'key' || typeof scalar.value !== 'string') return;
          scalar.value = scalar.value.replace(
            /:(\d+)$/,
            (_match, port: string) => `:${shifted(Number(port), offset)}`,
          );
        },
      });
    },
  });
}

function shifted(port: number, offset: number): number {
  const moved = port + offset;
  if (moved < 1 || moved > MAX_PORT)
    throw new CommandError(
      `--port-offset ${offset} moves port ${port} to ${moved}, which is not between 1 and ${MAX_PORT}`,
    );
  return moved;
}
