// Makes the changes of common/proto/additions.json in a FileDescriptorSet.
import { create, fromBinary, isFieldSet, toBinary } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  EnumValueDescriptorProtoSchema,
  FeatureSet_Utf8Validation,
  FeatureSetSchema,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

const SCALARS = { bool: Type.BOOL, string: Type.STRING, uint32: Type.UINT32, uint64: Type.UINT64 };

/**
 * @param {Uint8Array} image a serialised FileDescriptorSet
 * @param {{messages: object[], fields: object[], enumValues: object[], looseTexts: object[]}} table what to add
 * @returns {Uint8Array} the set with the additions; throws on a name the image does not hold
 */
export function patchDescriptors(image, table) {
  const set = fromBinary(FileDescriptorSetSchema, image);
  for (const addition of table.messages) addMessage(set, addition);
  const index = indexOf(set);
  for (const { message, ...field } of table.fields) {
    const found = lookUp(index, message);
    addField(found.file, found.proto, field, index);
  }
  for (const addition of table.messages) {
    const name = addition.parent
      ? `${addition.parent}.${addition.name}`
      : `${packageOf(set, addition.file)}.${addition.name}`;
    const found = lookUp(index, name);
    for (const field of addition.fields) addField(found.file, found.proto, field, index);
  }
  for (const value of table.enumValues) {
    lookUp(index, value.enum).proto.value.push(
      create(EnumValueDescriptorProtoSchema, { name: value.name, number: value.number }),
    );
  }
  for (const { message, name } of table.looseTexts) loosenText(lookUp(index, message).proto, name);
  return toBinary(FileDescriptorSetSchema, set);
}

/** Lets a text hold bytes that are no UTF-8: they are read as U+FFFD instead of failing the whole message. */
function loosenText(message, name) {
  const field = message.field.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`additions.json: ${message.name} has no field ${name}`);
  field.options ??= create(FieldOptionsSchema);
  field.options.features = create(FeatureSetSchema, { utf8Validation: FeatureSet_Utf8Validation.NONE });
}

function addMessage(set, { file, parent, name }) {
  const proto = create(DescriptorProtoSchema, { name });
  const owner = set.file.find((candidate) => candidate.name === file);
  if (!owner) throw new Error(`additions.json: no file ${file}`);
  if (parent) lookUp(indexOf(set), parent).proto.nestedType.push(proto);
  else owner.messageType.push(proto);
}

function addField(file, message, { name, number, type, oneof }, index) {
  if (message.field.some((field) => field.number === number)) {
    throw new Error(
      `additions.json: ${message.name} has a field ${number} already: drop ${name} from the table`,
    );
  }
  const repeated = type.startsWith('repeated ');
  const typeName = repeated ? type.slice('repeated '.length) : type;
  const scalar = SCALARS[typeName];
  const field = create(FieldDescriptorProtoSchema, {
    name,
    number,
    label: repeated ? Label.REPEATED : Label.OPTIONAL,
    type: scalar ?? Type.MESSAGE,
    jsonName: name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
  });
  if (scalar === undefined) {
    field.typeName = `.${typeName}`;
    const source = lookUp(index, typeName).file.name;
    if (source !== file.name && !file.dependency.includes(source)) file.dependency.push(source);
  }
  if (oneof === undefined) {
    message.field.push(field);
    return;
  }
  field.oneofIndex = message.oneofDecl.findIndex((decl) => decl.name === oneof);
  const last = message.field.findLastIndex(
    (other) => other.oneofIndex === field.oneofIndex && isInOneof(other),
  );
  message.field.splice(last + 1, 0, field); // members of a oneof stand together
}

function isInOneof(field) {
  return isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex);
}

function indexOf(set) {
  const index = new Map();
  for (const file of set.file) {
    for (const proto of file.enumType) index.set(`${file.package}.${proto.name}`, { file, proto });
    for (const proto of file.messageType) visit(`${file.package}.${proto.name}`, proto, file);
  }
  return index;

  function visit(name, proto, file) {
    index.set(name, { file, proto });
    for (const nested of proto.enumType) index.set(`${name}.${nested.name}`, { file, proto: nested });
    for (const nested of proto.nestedType) visit(`${name}.${nested.name}`, nested, file);
  }
}

function lookUp(index, name) {
  const found = index.get(name);
  if (!found) throw new Error(`additions.json: ${name} is not in the descriptors`);
  return found;
}

function packageOf(set, fileName) {
  return set.file.find((file) => file.name === fileName)?.package;
}
