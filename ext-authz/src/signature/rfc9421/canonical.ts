import type { Message } from '../../message/index.ts';
import { type InnerList, serializeItem, serializeParameters } from '../structured-field/index.ts';
import { type Component, canonicalId, readComponent } from './component.ts';
import { type ControlData, derivedValue, readControlData } from './control-data.ts';
import { fieldValue, type ParsedFields } from './field-value.ts';
import { MAX_BASE_BYTES, MAX_COMPONENTS } from './limits.ts';
import { type QueryParams, readQueryParams } from './query-param.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What a signature is made over. */
export interface SignatureBase {
  readonly kind: 'base';
  /** ASCII. */
  readonly text: string;
  /** Canonical identifiers of the covered components, in the signer's order. */
  readonly covered: readonly string[];
}

/** The signature base of RFC 9421 section 2.5 for a request, or why it has none. `input`: a member of Signature-Input. */
export function signatureBase(message: Message, input: InnerList): SignatureBase | Refusal {
  const data = readControlData(message);
  if (data.kind === 'refused') return data;
  if (input.items.length > MAX_COMPONENTS) return refuse('oversized_signature');
  const source: Source = { message, data, parsed: new Map(), query: undefined };
  const covered = new Set<string>();
  let ids = '';
  let text = '';
  for (const item of input.items) {
    const component = readComponent(item);
    if (component.kind === 'refused') return component;
    const written = serializeItem(item);
    const id = canonicalId(item, written);
    if (covered.has(id)) return refuse('repeated_component');
    covered.add(id);
    const value = componentValue(component, source);
    if (typeof value !== 'string') return value;
    ids += ids === '' ? written : ` ${written}`;
    text += `${written}: ${value}\n`;
    if (text.length > MAX_BASE_BYTES) return refuse('oversized_signature');
  }
  text += `"@signature-params": (${ids})${serializeParameters(input.parameters)}`;
  return { kind: 'base', text, covered: [...covered] };
}

/** Where values come from, with what was parsed of it for this one base. */
interface Source {
  readonly message: Message;
  readonly data: ControlData;
  readonly parsed: ParsedFields;
  query: QueryParams | Refusal | undefined;
}

function componentValue(component: Component, source: Source): string | Refusal {
  switch (component.kind) {
    case 'derived':
      return derivedValue(component.name, source.data);
    case 'query-param':
      return queryParamValue(component.name, source);
    case 'field':
      return fieldValue(source.message, component.name, component.form, source.parsed);
  }
}

/** RFC 9421 section 2.2.8. */
function queryParamValue(name: string, source: Source): string | Refusal {
  source.query ??= readQueryParams(source.data.parts.query ?? '');
  if ('kind' in source.query) return source.query;
  const found = source.query.get(name);
  if (found === undefined) return refuse('missing_component');
  return found === 'repeated' ? refuse('repeated_component') : found.value;
}
