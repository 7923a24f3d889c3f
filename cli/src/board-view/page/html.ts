/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = Html | readonly Html[] | string | number;

/** HTML in which everything put in is text, unless it is Html itself: what Prometheus says cannot become markup. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: literals.map((literal, index) => literal + write(parts[index] ?? '')).join('') };
}

/** JSON for a script element: no `<` can end it, whatever the values say. */
export function scriptJson(value: unknown): Html {
  return { html: JSON.stringify(value).replace(/</g, '\\u003c') };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function write(part: Part): string {
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map((item) => item.html).join('');
}
