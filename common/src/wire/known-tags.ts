// Tags of messages that both protocols answer with: field number, shifted by three bits, and wire type.
// base.proto, HeaderValue. `raw_value` would be an empty header in Envoy.
export const HEADER_KEY = 0x0a;
export const HEADER_VALUE = 0x12;
// struct.proto, Struct and Value.
export const STRUCT_FIELDS = 0x0a;
export const ENTRY_KEY = 0x0a;
export const ENTRY_VALUE = 0x12;
export const STRING_VALUE = 0x1a;
