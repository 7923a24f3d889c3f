/** Bounds on what is read, so that no folder can exhaust a service. */

/** Largest policy file, in bytes of UTF-8. */
export const MAX_FILE_BYTES = 1_048_576;
/** Most documents of one set. */
export const MAX_DOCUMENTS = 10_000;
/** Deepest nesting of maps and lists in a document. */
export const MAX_DEPTH = 32;
/** Most characters of a value that a finding repeats. */
export const MAX_SHOWN_CHARACTERS = 60;
