/** Names begin with a letter; `+08:00`, which Node takes too, is no zone but one of its offsets. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

/** True for names of the IANA database that this machine has, such as `Asia/Shanghai`. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0) !== '';
  } catch {
    // RangeError: that is the answer.
    return false;
  }
}
