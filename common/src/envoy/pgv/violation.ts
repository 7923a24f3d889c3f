import type { Registry } from '@bufbuild/protobuf';

/** One broken rule of a message. */
export interface Violation {
  /** Proto path from the message that was given: `virtual_hosts[0].routes[1].match.safe_regex.regex`. */
  readonly path: string;
  /** The rule as the proto writes it: `string.min_len`, `message.required`, `oneof.required`. */
  readonly rule: string;
  /** What was expected, as the rest of a sentence about the path. Never holds a text or bytes of the message. */
  readonly message: string;
}

/** One walk through one message. */
export interface Run {
  /** Segments of the path to where the walk stands: names, `[3]`, `["key"]`. */
  readonly path: string[];
  readonly violations: Violation[];
  /** Types to look for inside of google.protobuf.Any. */
  readonly registry: Registry | undefined;
  /** The time that `lt_now`, `gt_now` and `within` compare with. */
  readonly nowMs: number;
}

/** Tests one value and notes what is broken; how it does so was decided when the plan was made. */
export type Check<T = unknown> = (value: T, run: Run) => void;

/** What a reader can use; a list of a million bad items must not fill the memory. */
const MAX_VIOLATIONS = 1_000;

/** Notes a violation where the walk stands. */
export function fail(run: Run, rule: string, message: string): void {
  if (run.violations.length >= MAX_VIOLATIONS) return;
  run.violations.push({ path: pathText(run.path), rule, message });
}

/** Runs a check one step deeper. */
export function checkAt<T>(segment: string, check: Check<T>, value: T, run: Run): void {
  run.path.push(segment);
  check(value, run);
  run.path.pop();
}

function pathText(segments: readonly string[]): string {
  return segments.reduce(
    (text, segment) => (text === '' || segment.startsWith('[') ? text + segment : `${text}.${segment}`),
    '',
  );
}
