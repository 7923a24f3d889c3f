import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { readEnvironment, startHttp } from '@paymesh/sample-kit';

import { buildRisk, readRules } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'risk');
const log = createLogger({ service: 'risk', level: logLevel });

await runService({
  log,
  start: () =>
    startHttp({
      app: buildRisk({ instance, log, clock: systemClock, rules: readRules(process.env) }),
      listen,
    }),
});
