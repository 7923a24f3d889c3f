import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { openFileJournal, readEnvironment, startHttp } from '@paymesh/sample-kit';

import { buildPspWechat } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'psp-wechat');
const log = createLogger({ service: 'psp-wechat', level: logLevel });

await runService({
  log,
  start: () => {
    const path = process.env['JOURNAL'];
    const journal = path === undefined ? undefined : openFileJournal(path);
    return startHttp({ app: buildPspWechat({ instance, log, clock: systemClock, journal }), listen });
  },
});
