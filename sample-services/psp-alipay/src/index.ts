import { buildPspSimulator, type Charge, formatDecimal, type PspOptions } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

export { notifyAsAlipay } from './notify.ts';

export type PspAlipayOptions = Pick<PspOptions, 'instance' | 'log' | 'clock' | 'journal' | 'notify'>;

/** A simulator of Alipay: ids of 28 digits that begin with the day, amounts as decimal yuan, `trade_status`. */
export function buildPspAlipay(options: PspAlipayOptions): FastifyInstance {
  return buildPspSimulator({ ...options, provider: 'psp-alipay', tradeId: alipayTradeId, describe });
}

function alipayTradeId(sequence: number, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return `${day}22001${String(sequence).padStart(15, '0')}`;
}

function describe({ tradeId, outTradeNo, amount }: Charge): Readonly<Record<string, unknown>> {
  return {
    code: '10000',
    trade_no: tradeId,
    out_trade_no: outTradeNo,
    trade_status: 'TRADE_SUCCESS',
    total_amount: formatDecimal(amount),
  };
}
