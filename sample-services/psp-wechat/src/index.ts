import { buildPspSimulator, type Charge, type PspOptions } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

export { notifyAsWechat } from './notify.ts';

export type PspWechatOptions = Pick<PspOptions, 'instance' | 'log' | 'clock' | 'journal' | 'notify'>;

/** A simulator of WeChat Pay: ids of 28 digits, amounts in fen, `trade_state`. */
export function buildPspWechat(options: PspWechatOptions): FastifyInstance {
  return buildPspSimulator({ ...options, provider: 'psp-wechat', tradeId: wechatTradeId, describe });
}

function wechatTradeId(sequence: number, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return `4200${day}${String(sequence).padStart(16, '0')}`;
}

function describe({ tradeId, outTradeNo, amount }: Charge): Readonly<Record<string, unknown>> {
  return {
    transaction_id: tradeId,
    out_trade_no: outTradeNo,
    trade_state: 'SUCCESS',
    trade_type: 'NATIVE',
    payer_total: amount.minor,
  };
}
