import type { BareItem, Dictionary, InnerList, Item, Member, SfParameters } from './types.ts';

const THOUSAND = 1_000;
const FRACTION_DIGITS = 3;
const PERCENT_ENCODED = /[^\x20-\x21\x23-\x24\x26-\x7e]/gu;

/** The one right text of a dictionary (RFC 9651 section 4.1.2). All serialisers trust that their values came from the parser or were checked. */
export function serializeDictionary(dictionary: Dictionary): string {
  let text = '';
  for (const [key, member] of dictionary) {
    const isTrue = member.kind === 'item' && member.value.kind === 'boolean' && member.value.value;
    const value = isTrue ? serializeParameters(member.parameters) : `=${serializeMember(member)}`;
    text += `${text === '' ? '' : ', '}${key}${value}`;
  }
  return text;
}

/** RFC 9651 section 4.1.1. */
export function serializeList(members: readonly Member[]): string {
  return members.map((member) => serializeMember(member)).join(', ');
}

/** Of an item or inner list without the key in front. */
export function serializeMember(member: Member): string {
  return member.kind === 'item' ? serializeItem(member) : serializeInnerList(member);
}

/** RFC 9651 section 4.1.1.1. */
export function serializeInnerList({ items, parameters }: InnerList): string {
  let text = '(';
  for (const item of items) text += text === '(' ? serializeItem(item) : ` ${serializeItem(item)}`;
  return `${text})${serializeParameters(parameters)}`;
}

/** RFC 9651 section 4.1.3. */
export function serializeItem({ value, parameters }: Item): string {
  return serializeBareItem(value) + serializeParameters(parameters);
}

/** RFC 9651 section 4.1.1.2. */
export function serializeParameters(parameters: SfParameters): string {
  let text = '';
  for (const [key, value] of parameters) {
    const isTrue = value.kind === 'boolean' && value.value;
    text += isTrue ? `;${key}` : `;${key}=${serializeBareItem(value)}`;
  }
  return text;
}

function serializeBareItem(item: BareItem): string {
  switch (item.kind) {
    case 'integer':
      return String(item.value);
    case 'decimal':
      return serializeDecimal(item.thousandths);
    case 'string':
      return serializeString(item.value);
    case 'token':
      return item.value;
    case 'bytes':
      return `:${item.base64}:`;
    case 'boolean':
      return item.value ? '?1' : '?0';
    case 'date':
      return `@${item.value}`;
    case 'display-string':
      return `%"${item.value.replaceAll(PERCENT_ENCODED, percentEncoded)}"`;
  }
}

function serializeString(value: string): string {
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`;
  return `"${value.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

function serializeDecimal(thousandths: number): string {
  const size = Math.abs(thousandths);
  const fraction = String(size % THOUSAND).padStart(FRACTION_DIGITS, '0');
  const shortest = fraction.replace(/0{1,2}$/, '');
  return `${thousandths < 0 ? '-' : ''}${Math.floor(size / THOUSAND)}.${shortest}`;
}

function percentEncoded(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character, 'utf8')) text += `%${byte.toString(16).padStart(2, '0')}`;
  return text;
}
