import { type Field, type FieldSink, Kind } from './hpack/index.ts';

/** The headers of a request. */
export class RequestHead implements FieldSink {
  method: string | undefined;
  path: string | undefined;
  contentType: string | undefined;
  grpcTimeout: string | undefined;
  grpcEncoding: string | undefined;
  /** As declared; -1: not at all. */
  contentLength = -1;
  #scheme: string | undefined;
  #authority: string | undefined;
  #others: Field[] | undefined;
  #hasRegular = false;
  #isMalformed = false;

  /** The first value of a field; not of the five that have a place of their own here. */
  get(name: string): string | undefined {
    return this.#others?.find((field) => field.name === name)?.value;
  }

  /** False for a request that breaks RFC 9113, 8.2 or 8.3, which must not reach anybody. */
  get isValid(): boolean {
    if (this.#isMalformed || this.method === undefined) return false;
    if (this.method === 'CONNECT') {
      return this.path === undefined && this.#scheme === undefined && this.#authority !== undefined;
    }
    return this.path !== undefined && this.path !== '' && this.#scheme !== undefined;
  }

  add(field: Field): void {
    if (field.kind >= Kind.method && field.kind <= Kind.authority) this.#addPseudo(field);
    else this.#addRegular(field);
  }

  #addPseudo({ kind, value }: Field): void {
    if (this.#hasRegular) this.#isMalformed = true;
    if (kind === Kind.method) this.method = this.#once(this.method, value);
    else if (kind === Kind.path) this.path = this.#once(this.path, value);
    else if (kind === Kind.scheme) this.#scheme = this.#once(this.#scheme, value);
    else this.#authority = this.#once(this.#authority, value);
  }

  #addRegular(field: Field): void {
    this.#hasRegular = true;
    const { kind, value } = field;
    if (kind === Kind.other) {
      // Nearly always there are one or two: a list that grows begins with room for seventeen.
      if (this.#others === undefined) this.#others = [field];
      else this.#others.push(field);
    } else if (kind === Kind.contentType) this.contentType = this.#once(this.contentType, value);
    else if (kind === Kind.grpcTimeout) this.grpcTimeout = this.#once(this.grpcTimeout, value);
    else if (kind === Kind.grpcEncoding) this.grpcEncoding = this.#once(this.grpcEncoding, value);
    else if (kind === Kind.contentLength) this.#setLength(value);
    else this.#isMalformed = true;
  }

  /** A field that may come once has one meaning or none. */
  #once(known: string | undefined, value: string): string {
    if (known !== undefined) this.#isMalformed = true;
    return value;
  }

  #setLength(value: string): void {
    const length = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    if (length === -1 || (this.contentLength !== -1 && this.contentLength !== length))
      this.#isMalformed = true;
    this.contentLength = length;
  }
}

/** Trailers, of which nothing is kept. */
export class TrailerCheck implements FieldSink {
  isValid = true;

  add({ kind }: Field): void {
    if (kind >= Kind.malformed && kind <= Kind.authority) this.isValid = false;
  }
}
