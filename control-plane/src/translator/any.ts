import { create, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt';

import { encodeCanonical } from './canonical.ts';

/** Puts a message into an Any, in canonical bytes. */
export function pack<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Any {
  return create(AnySchema, {
    typeUrl: `type.googleapis.com/${schema.typeName}`,
    value: encodeCanonical(schema, message),
  });
}
