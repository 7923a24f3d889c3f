import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { openFileJournal, readEnvironment, readNotifyTarget, startHttp } from '@paymesh/sample-kit';

import { buildPspAlipay, notifyAsAlipay } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'psp-alipay');
const log = createLogger({ service: 'psp-alipay', level: logLevel });

await runService({
  log,
  start: () => {
    const path = process.env['JOURNAL'];
    const journal = path === undefined ? undefined : openFileJournal(path);
    const target = readNotifyTarget(process.env);
    const notify = target && notifyAsAlipay(target);
    return startHttp({ app: buildPspAlipay({ instance, log, clock: systemClock, journal, notify }), listen });
  },
});
