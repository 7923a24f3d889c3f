import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { type SubstitutionFormatString, SubstitutionFormatStringSchema } from '@paymesh/common/envoy';

/**
 * `envoy.extensions.access_loggers.stream.v3.StdoutAccessLog`, which is not among the generated types. The
 * file logger cannot take its place: a program that starts Envoy through Node gives it a socket as stdout,
 * and opening `/dev/stdout` then fails, which refuses the whole listener.
 */
export const StdoutAccessLogSchema: DescMessage = defineSchema();

/** Writes each entry in this format to Envoy's standard output. */
export function stdoutAccessLog(format: SubstitutionFormatString): MessageShape<DescMessage> {
  // Field 1 (log_format) written by hand, because a dynamic schema has no typed initialiser.
  const inner = toBinary(SubstitutionFormatStringSchema, format);
  return fromBinary(StdoutAccessLogSchema, Uint8Array.of(FIELD_1_BYTES, ...varint(inner.length), ...inner));
}

const FIELD_1_BYTES = 0x0a;

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function defineSchema(): DescMessage {
  const format = SubstitutionFormatStringSchema;
  const file = create(FileDescriptorProtoSchema, {
    name: 'paymesh/stdout_access_log.proto',
    package: 'envoy.extensions.access_loggers.stream.v3',
    syntax: 'proto3',
    dependency: [format.file.proto.name],
    messageType: [
      {
        name: 'StdoutAccessLog',
        field: [
          {
            name: 'log_format',
            jsonName: 'logFormat',
            number: 1,
            label: FieldDescriptorProto_Label.OPTIONAL,
            type: FieldDescriptorProto_Type.MESSAGE,
            typeName: `.${format.typeName}`,
          },
        ],
      },
    ],
  });
  const registry = createFileRegistry(file, (name) =>
    name === format.file.proto.name ? format.file : undefined,
  );
  const schema = registry.getMessage('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog');
  if (schema === undefined) throw new Error('StdoutAccessLog is not in its own file');
  return schema;
}
