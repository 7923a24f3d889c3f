import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { readEnvironment, startHttp } from '@paymesh/sample-kit';

import { buildLedger, openLedgerStore } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'ledger');
const log = createLogger({ service: 'ledger', level: logLevel });

await runService({
  log,
  start: () => {
    const store = openLedgerStore(process.env['DATABASE'] ?? ':memory:');
    const app = buildLedger({ instance, log, clock: systemClock, store });
    return startHttp({ app, listen, onStop: [() => store.close()] });
  },
});
