/** An alert before it has Prometheus's form. */
export interface Alert {
  /** In PascalCase; its page is docs/runbooks/NAME.md. */
  readonly name: string;
  /** `page`: a person is woken. `ticket`: within the day. */
  readonly severity: 'page' | 'ticket';
  readonly expr: string;
  /** How long it must hold; absent: at once. */
  readonly for?: string;
  /** One line; `{{ $labels.x }}` and `{{ $value }}` are filled in. */
  readonly summary: string;
  readonly description: string;
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** A file of rules and the one group in it. */
export interface RuleFile {
  readonly name: string;
  readonly rules: readonly (Alert | Recording)[];
}
