/** A UUID of RFC 9562, with its dashes, and not part of a longer run. */
const UUID =
  /((?<![0-9A-Za-z])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9A-Za-z]))/i;

/** Applies a mask to all of a text but its UUIDs: these are names of things, and digits in them are chance. */
export function maskAroundUuids(text: string, mask: (part: string) => string): string {
  if (!text.includes('-')) return mask(text);
  // Parts at odd places are what the group of the expression took: the UUIDs.
  return text
    .split(UUID)
    .map((part, index) => (index % 2 === 1 ? part : mask(part)))
    .join('');
}
