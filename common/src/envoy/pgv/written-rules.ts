import { type DescMessage, isFieldSet, type MessageShape } from '@bufbuild/protobuf';

/** The rules that a proto file writes, by local name; an absent rule is absent here, not its proto2 default. */
export function writtenRules<Desc extends DescMessage>(
  schema: Desc,
  rules: MessageShape<Desc>,
): Partial<MessageShape<Desc>> {
  const values = new Map(Object.entries(rules));
  const written = schema.fields
    .filter((field) => field.oneof === undefined && isFieldSet(rules, field))
    .map((field) => [field.localName, values.get(field.localName)]);
  return Object.fromEntries(written) as Partial<MessageShape<Desc>>;
}
