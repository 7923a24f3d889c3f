import type { MessageInitShape } from '@bufbuild/protobuf';
import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { SubstitutionFormatStringSchema } from '@paymesh/common/envoy';

// Two small messages of Envoy that are not among the generated types, described by hand. They are built with
// `fromJson`, since a described message has no typed initialiser.

/** Writes access log entries to Envoy's standard output. */
export const StdoutAccessLogSchema: DescMessage = describe('envoy.extensions.access_loggers.stream.v3', {
  name: 'StdoutAccessLog',
  field: {
    name: 'log_format',
    type: FieldDescriptorProto_Type.MESSAGE,
    typeName: `.${SubstitutionFormatStringSchema.typeName}`,
  },
});

/** Sends a further try to priorities that were not tried. */
export const PreviousPrioritiesConfigSchema: DescMessage = describe(
  'envoy.extensions.retry.priority.previous_priorities.v3',
  {
    name: 'PreviousPrioritiesConfig',
    field: { name: 'update_frequency', type: FieldDescriptorProto_Type.INT32 },
  },
);

interface Description {
  readonly name: string;
  /** Its one field, number 1. */
  readonly field: MessageInitShape<typeof FieldDescriptorProtoSchema>;
}

function describe(packageName: string, { name, field }: Description): DescMessage {
  const formats = SubstitutionFormatStringSchema.file;
  const file = create(FileDescriptorProtoSchema, {
    name: `paymesh/${name}.proto`,
    package: packageName,
    syntax: 'proto3',
    dependency: [formats.proto.name],
    messageType: [{ name, field: [{ number: 1, label: FieldDescriptorProto_Label.OPTIONAL, ...field }] }],
  });
  const described = createFileRegistry(file, (path) => (path === formats.proto.name ? formats : undefined));
  const schema = described.getMessage(`${packageName}.${name}`);
  if (schema === undefined) throw new Error(`${name} is not in its own file`);
  return schema;
}
