import type { Secret } from '@paymesh/common/secret';
import type { Parsed } from '@paymesh/sample-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { PaymentMetrics } from '../payment-metrics.ts';
import { readAlipay } from './read-alipay.ts';
import { readWechat } from './read-wechat.ts';
import { type Taken, type TakeOptions, takeNotification } from './take-notification.ts';

export interface NotificationOptions extends TakeOptions {
  readonly metrics: PaymentMetrics;
  /** Decrypts what WeChat Pay sends. Default: none, and no route for it. */
  readonly apiV3Key?: Secret | undefined;
}

const FORM = 'application/x-www-form-urlencoded';

/** Where providers tell of payments. That they said it is verified at the edge; each gets the answer that it waits for. */
export function addNotificationRoutes(app: FastifyInstance, options: NotificationOptions): void {
  const { apiV3Key } = options;
  if (apiV3Key !== undefined) {
    app.post('/v1/notifications/wechat', async (request, reply) => {
      const taken = await take(options, 'wechat', readWechat(request.body, apiV3Key));
      const status = statusOf(taken);
      if (status === 200) return reply.status(204).send();
      return reply.status(status).send({ code: 'FAIL', message: MESSAGE[status] });
    });
  }
  // Only here may a body be a form.
  void app.register(async (forms) => {
    forms.addContentTypeParser(
      FORM,
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
    );
    forms.post('/v1/notifications/alipay', async (request, reply) => {
      const status = statusOf(await take(options, 'alipay', readAlipay(request.body)));
      return reply
        .status(status)
        .type('text/plain')
        .send(status === 200 ? 'success' : 'fail');
    });
  });
}

const MESSAGE = { 400: 'the notification cannot be read', 404: 'there is no such payment' } as const;

async function take(
  options: NotificationOptions,
  provider: string,
  read: Parsed<string>,
): Promise<Taken | 'refused'> {
  const result = read.ok ? await takeNotification(options, read.value) : 'refused';
  options.metrics.notifications.inc({ provider, result });
  return result;
}

function statusOf(taken: Taken | 'refused'): 200 | 400 | 404 {
  if (taken === 'refused') return 400;
  return taken === 'unknown' ? 404 : 200;
}
