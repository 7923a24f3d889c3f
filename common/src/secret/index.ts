import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** Key material that never prints: text, JSON and inspection all give `[redacted]`. */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  /** The bytes themselves, for a cryptographic call and nothing else. */
  reveal(): Buffer {
    return this.#bytes;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
