import { systemClock } from '@paymesh/common/clock';
import { runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import {
  type NotifyOptions,
  openFileJournal,
  readEnvironment,
  readNotifyTarget,
  readSecretFile,
  startHttp,
} from '@paymesh/sample-kit';

import { buildPspWechat, notifyAsWechat } from './index.ts';

const { listen, instance, logLevel } = readEnvironment(process.env, 'psp-wechat');
const log = createLogger({ service: 'psp-wechat', level: logLevel });

await runService({
  log,
  start: () => {
    const path = process.env['JOURNAL'];
    const journal = path === undefined ? undefined : openFileJournal(path);
    const notify = readNotify();
    return startHttp({ app: buildPspWechat({ instance, log, clock: systemClock, journal, notify }), listen });
  },
});

function readNotify(): NotifyOptions | undefined {
  const target = readNotifyTarget(process.env);
  if (target === undefined) return undefined;
  const apiV3Key = readSecretFile(process.env, 'APIV3_KEY_FILE');
  if (apiV3Key === undefined) throw new Error('APIV3_KEY_FILE must be set where NOTIFY_URL is');
  return notifyAsWechat(target, apiV3Key);
}
