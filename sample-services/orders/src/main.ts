import { type Running, runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { createOutboundClient, readEnvironment, startHttp, wholeNumber } from '@paymesh/sample-kit';

import { buildOrders } from './index.ts';

const { listen, instance, logLevel, outboundUrl } = readEnvironment(process.env, 'orders');
const log = createLogger({ service: 'orders', level: logLevel });

async function start(): Promise<Running> {
  const timeoutMs = wholeNumber(process.env, 'CALL_TIMEOUT_MS', { fallback: 10_000, max: 60_000 });
  const outbound = createOutboundClient({ url: outboundUrl, timeoutMs });
  return startHttp({
    app: buildOrders({ instance, log, outbound }),
    listen,
    onStop: [() => outbound.close()],
  });
}

await runService({ log, start });
