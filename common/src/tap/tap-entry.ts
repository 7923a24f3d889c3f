/** A decision as it is offered to those who watch. */
export interface TapEntry {
  readonly isDenied: boolean;
  /** Where the request went or may have gone, each `namespace/name`. Empty: not known, and only those who watch all see it. */
  readonly services: readonly string[];
  /** The JSON of the line without secrets and card numbers; asked for once, and only when somebody wants it. */
  readonly line: () => string;
}
