/** Fewest and most digits of a card number (ISO/IEC 7812). */
export const MIN_PAN_DIGITS = 13;
export const MAX_PAN_DIGITS = 19;

/** Digits left as they are at either end: PCI DSS 3.4 allows the first six and the last four. */
const SHOWN_FIRST = 6;
const SHOWN_LAST = 4;

/** Fewest digits by first digit; what is not here is given to no card. */
const MIN_DIGITS: Readonly<Record<string, number>> = {
  '1': 15, // UATP, of exactly 15
  '2': 16, // Mir, Mastercard
  '3': 14, // Diners, Amex, JCB
  '4': 13, // Visa
  '5': 13, // Mastercard, Maestro
  '6': 13, // UnionPay, Discover, Maestro
  '7': 16, // fuel cards
  '8': 16, // UnionPay, RuPay, Uzcard
  '9': 16, // Troy, NAPAS, Humo
};

/**
 * True for digits that can be a card number: the length and the beginning of one, and a right check digit
 * (Luhn). Leading zeros are padding. The beginning matters because order numbers are written as dates, times as
 * milliseconds and Alipay's partners as 2088...: one in ten of these has a right check digit.
 */
export function isCardNumber(digits: string): boolean {
  const number = digits.replace(/^0+/, '');
  if (number.length > MAX_PAN_DIGITS) return false;
  return hasCardBeginning(number) && hasCheckDigit(number);
}

/** `411111******1111`. */
export function maskedCardNumber(digits: string): string {
  const hidden = Math.max(digits.length - SHOWN_FIRST - SHOWN_LAST, 0);
  return digits.slice(0, SHOWN_FIRST) + '*'.repeat(hidden) + digits.slice(-SHOWN_LAST);
}

function hasCardBeginning(number: string): boolean {
  const least = MIN_DIGITS[number.charAt(0)];
  if (least === undefined || number.length < least) return false;
  if (number.startsWith('1')) return number.length === least;
  if (!number.startsWith('2')) return true;
  const issuer = Number(number.slice(0, 4));
  return (issuer >= 2_200 && issuer <= 2_205) || (issuer >= 2_221 && issuer <= 2_720);
}

/** Luhn, ISO/IEC 7812-1 annex B: every second digit from the right counts twice, with its own digits added. */
function hasCheckDigit(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const digit = Number(number.charAt(number.length - 1 - index));
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
