import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { readEnvironment, startHttp } from '@paymesh/sample-kit';

import { buildPspAlipay } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'psp-alipay');
const log = createLogger({ service: 'psp-alipay', level: logLevel });

await runService({
  log,
  start: () => startHttp({ app: buildPspAlipay({ instance, log, clock: systemClock }), listen }),
});
