// Every row of common/proto/additions.json against bytes that are written by hand here.
import { readFileSync } from 'node:fs';
import {
  createRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  fromBinary,
  isFieldSet,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';

import { file_envoy_config_rbac_v3_rbac as rbac } from './gen/envoy/config/rbac/v3/rbac_pb.ts';
import { file_envoy_extensions_common_ratelimit_v3_ratelimit as commonRateLimit } from './gen/envoy/extensions/common/ratelimit/v3/ratelimit_pb.ts';
import { file_envoy_extensions_filters_http_ext_authz_v3_ext_authz as extAuthz } from './gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.ts';
import { file_envoy_extensions_filters_http_local_ratelimit_v3_local_rate_limit as localRateLimit } from './gen/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.ts';
import { file_envoy_extensions_filters_http_ratelimit_v3_rate_limit as rateLimit } from './gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.ts';
import { file_envoy_extensions_upstreams_http_v3_http_protocol_options as protocolOptions } from './gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts';
import { file_envoy_service_auth_v3_external_auth as auth } from './gen/envoy/service/auth/v3/external_auth_pb.ts';
import { file_envoy_service_discovery_v3_ads as ads } from './gen/envoy/service/discovery/v3/ads_pb.ts';
import { file_envoy_service_ratelimit_v3_rls as rls } from './gen/envoy/service/ratelimit/v3/rls_pb.ts';

interface Addition {
  readonly name: string;
  readonly number: number;
  readonly type: string;
}

interface Table {
  readonly messages: readonly {
    readonly file: string;
    readonly parent: string | null;
    readonly name: string;
    readonly fields: readonly Addition[];
  }[];
  readonly fields: readonly (Addition & { readonly message: string; readonly oneof?: string })[];
  readonly enumValues: readonly { readonly enum: string; readonly name: string; readonly number: number }[];
  readonly looseTexts: readonly { readonly message: string; readonly name: string }[];
}

const table = JSON.parse(
  readFileSync(new URL('../../proto/additions.json', import.meta.url), 'utf8'),
) as Table;
const registry = withImports(
  commonRateLimit,
  localRateLimit,
  rateLimit,
  extAuthz,
  protocolOptions,
  auth,
  ads,
  rls,
  rbac,
);

function withImports(...files: readonly DescFile[]): Registry {
  const reached = new Set(files);
  for (const file of reached) for (const imported of file.dependencies) reached.add(imported);
  return createRegistry(...reached);
}

const onFields = table.fields.map(({ message, ...field }) => [message, field.name, field] as const);
const onMessages = table.messages.flatMap(({ file, parent, name, fields }) => {
  const path = file.split('/').slice(0, -1).join('.');
  return fields.map((field) => [`${parent ?? path}.${name}`, field.name, field] as const);
});

describe('fields newer than the API snapshot', () => {
  test('the table is not empty', () => {
    expect([onFields.length, onMessages.length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(onFields.length).toBeGreaterThanOrEqual(16);
  });

  test.each([...onFields, ...onMessages])('%s %s keeps its bytes', (message, name, addition) => {
    const schema = messageType(message);
    const field = fieldOf(schema, name);
    const bytes = encoded(addition);
    const decoded = fromBinary(schema, bytes);
    expect(decoded.$unknown).toBeUndefined();
    expect(isFieldSet(decoded, field)).toBe(true);
    expect(toBinary(schema, decoded)).toEqual(bytes);
    expect(field.number).toBe(addition.number);
  });

  test.each(table.fields.filter(({ oneof }) => oneof !== undefined))(
    '$message $name is a member of $oneof',
    ({ message, name, oneof }) => {
      expect(fieldOf(messageType(message), name).oneof?.name).toBe(oneof);
    },
  );

  test.each(table.enumValues.map((row) => [row.enum, row.name, row.number] as const))(
    '%s %s is %d',
    (name, value, number) => {
      expect(registry.getEnum(name)?.value[number]?.name).toBe(value);
    },
  );

  test.each(table.looseTexts.map(({ message, name }) => [message, name] as const))(
    '%s %s may hold bytes that are no UTF-8',
    (message, name) => {
      const schema = messageType(message);
      const { number, localName } = fieldOf(schema, name);
      const bytes = new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(Uint8Array.of(0x61, 0xff));
      expect(fromBinary(schema, bytes.finish())).toMatchObject({ [localName]: 'a\ufffd' });
    },
  );
});

/** One field on the wire: a one, a letter, or a message that is empty or holds a five. */
function encoded({ number, type }: Addition): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const name = type.replace(/^repeated /, '');
  if (['bool', 'uint32', 'uint64'].includes(name)) writer.tag(number, WireType.Varint).uint32(1);
  else if (name === 'string') writer.tag(number, WireType.LengthDelimited).string('x');
  else if (name === 'google.protobuf.UInt64Value')
    writer.tag(number, WireType.LengthDelimited).bytes(Uint8Array.of(0x08, 5));
  else writer.tag(number, WireType.LengthDelimited).bytes(new Uint8Array());
  return writer.finish();
}

function messageType(name: string): DescMessage {
  const found = registry.getMessage(name);
  if (found === undefined) throw new Error(`no message ${name}`);
  return found;
}

function fieldOf(schema: DescMessage, name: string): DescField {
  const found = schema.fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`no field ${name} in ${schema.typeName}`);
  return found;
}
