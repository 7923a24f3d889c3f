const MS_PER_SECOND = 1_000;
/** No sign, no fraction, no exponent. */
const UNIX_SECONDS = /^[0-9]{1,12}$/;

/** Unix milliseconds of Unix seconds as text; undefined for anything but plain digits. */
export function parseUnixSeconds(text: string): number | undefined {
  return UNIX_SECONDS.test(text) ? Number(text) * MS_PER_SECOND : undefined;
}

/** Unix seconds as text. */
export function unixSecondsText(ms: number): string {
  return String(Math.floor(ms / MS_PER_SECOND));
}
