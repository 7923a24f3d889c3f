/** Where the amount of a request stands that a limit counts by. */
export interface Cost {
  /** `namespace/policy/limit`. */
  readonly limit: string;
  readonly from:
    | { readonly kind: 'body'; readonly path: readonly string[] }
    | { readonly kind: 'header'; readonly name: string };
  /** A larger amount is refused. */
  readonly max: number;
}

/** Routes have few; more texts than this come from no control plane. */
const MAX_KNOWN = 1_000;
const known = new Map<string, readonly Cost[] | undefined>();

/** Reads what a route says of its limits (JSON, see the control plane); undefined for anything else. Each text is read once. */
export function readCosts(text: string): readonly Cost[] | undefined {
  if (known.has(text)) return known.get(text);
  if (known.size >= MAX_KNOWN) known.clear();
  const costs = parse(text);
  known.set(text, costs);
  return costs;
}

function parse(text: string): readonly Cost[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const costs = value.map(costOf);
    return costs.every((cost) => cost !== undefined) ? costs : undefined;
  } catch {
    // No JSON: the caller denies.
    return undefined;
  }
}

function costOf(value: unknown): Cost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { limit, body, header, max } = value as Readonly<Record<string, unknown>>;
  if (typeof limit !== 'string' || typeof max !== 'number') return undefined;
  if (typeof header === 'string' && body === undefined)
    return { limit, from: { kind: 'header', name: header }, max };
  if (!isPath(body) || header !== undefined) return undefined;
  return { limit, from: { kind: 'body', path: body }, max };
}

function isPath(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((step) => typeof step === 'string');
}
