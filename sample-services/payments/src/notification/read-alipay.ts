import { type Parsed, parseId, refuse } from '@paymesh/sample-kit';

/** The out_trade_no in a notification of open API 2.0. */
export function readAlipay(form: unknown): Parsed<string> {
  if (!(form instanceof URLSearchParams)) return refuse('the body must be a form');
  const [outTradeNo, ...more] = form.getAll('out_trade_no');
  if (more.length > 0) return refuse('out_trade_no must be there once');
  return parseId(outTradeNo, 'out_trade_no');
}
