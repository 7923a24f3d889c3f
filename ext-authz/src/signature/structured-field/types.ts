/** What a structured field holds (RFC 9651 section 3), told apart by `kind` so that a token is never taken for a string. */
export type BareItem =
  | { readonly kind: 'integer'; readonly value: number }
  /** In thousandths, exactly: `1.5` is 1500. */
  | { readonly kind: 'decimal'; readonly thousandths: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'token'; readonly value: string }
  /** Standard base64 in its one right spelling, so that equal bytes are equal texts. */
  | { readonly kind: 'bytes'; readonly base64: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Unix seconds. */
  | { readonly kind: 'date'; readonly value: number }
  | { readonly kind: 'display-string'; readonly value: string };

/** In the order received, each key once. */
export type SfParameters = readonly SfParameter[];
export type SfParameter = readonly [key: string, value: BareItem];

export interface Item {
  readonly kind: 'item';
  readonly value: BareItem;
  readonly parameters: SfParameters;
}

export interface InnerList {
  readonly kind: 'inner-list';
  readonly items: readonly Item[];
  readonly parameters: SfParameters;
}

/** Of a list or a dictionary. */
export type Member = Item | InnerList;

/** In the order received, each key once. */
export type Dictionary = ReadonlyMap<string, Member>;

/** The value of a field, or where and why it has none. */
export type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'malformed'; readonly fault: Fault };

export interface Fault {
  readonly problem: Problem;
  /** Which line of the field, from 0. */
  readonly line: number;
  /** Characters into that line, from 0. */
  readonly at: number;
}

export type Problem =
  | 'expected_key'
  | 'expected_item'
  | 'expected_separator'
  | 'expected_end'
  | 'trailing_comma'
  | 'unterminated'
  | 'bad_character'
  | 'bad_number'
  | 'bad_base64'
  | 'bad_utf8'
  | 'duplicate_key'
  | 'duplicate_parameter'
  | 'too_many';
