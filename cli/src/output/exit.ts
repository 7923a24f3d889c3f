/** Exit codes of every command, in every output format (docs: README, Commands). */
export const EXIT = {
  ok: 0,
  failed: 1,
  findings: 2,
  usage: 3,
  unreachable: 4,
  refused: 5,
} as const;

/** A failure that the user can act on: its message is printed as one line, without a stack. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
