import { currencyExponent } from './currency.ts';
import { accept, isObject, type Parsed, refuse } from './parsed.ts';

/** An amount of money: whole minor units (fen, cents) of one ISO 4217 currency. Never a fraction. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** Largest amount of one movement: ten thousand million yuan in fen, far inside the exact integers of a double. */
export const MAX_MINOR = 1_000_000_000_000;

/** Reads `{minor, currency}` with an amount above zero; any further field is refused. */
export function parseMoney(value: unknown, field = 'amount'): Parsed<Money> {
  if (!isObject(value)) return refuse(`${field} must be an object {minor, currency}`);
  const { minor, currency, ...others } = value;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return refuse(`${field} has an unknown field "${unknown}"`);
  if (typeof minor !== 'number' || !Number.isInteger(minor) || minor < 1 || minor > MAX_MINOR) {
    return refuse(`${field}.minor must be a whole number of minor units from 1 to ${MAX_MINOR}`);
  }
  if (typeof currency !== 'string' || currencyExponent(currency) === undefined) {
    return refuse(`${field}.currency must be an ISO 4217 code such as CNY`);
  }
  return accept({ minor, currency });
}

/** Writes money as a decimal string, as Alipay does: 1234 fen is `12.34`, 5 yen is `5`. */
export function formatDecimal({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  if (exponent === 0) return String(minor);
  const digits = String(minor).padStart(exponent + 1, '0');
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** The inverse of formatDecimal; works on digits alone, so no amount is ever rounded. */
export function parseDecimal(text: string, currency: string): Parsed<Money> {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) return refuse(`${currency} is not an ISO 4217 currency`);
  const match = /^(0|[1-9]\d{0,12})(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (match === null || fraction.length > exponent) {
    return refuse(`expected a decimal amount with at most ${exponent} digits after the point`);
  }
  return parseMoney({ minor: Number(`${match[1] ?? ''}${fraction.padEnd(exponent, '0')}`), currency });
}

function exponentOf(currency: string): number {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`${currency} is not an ISO 4217 currency`);
  return exponent;
}
