const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** Unix milliseconds of `yyyy-MM-ddTHH:mm:ss` read as UTC; undefined for another form or a moment that does not exist. */
export function parseUtc(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const iso = `${text}.000Z`;
  const unixMs = Date.parse(iso);
  // A date like February 30 is taken by Date and becomes March.
  return Number.isNaN(unixMs) || new Date(unixMs).toISOString() !== iso ? undefined : unixMs;
}
