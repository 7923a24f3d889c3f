/**
 * A counter that rose within a window, by labels. Also where its series began in that window: `increase` does not see
 * the first value of a series, and a counter of something rare begins at 1.
 */
export function risen(counter: string, window: string, labels: string): string {
  const by = labels === '' ? 'sum' : `sum by (${labels})`;
  return `(${by} (increase(${counter}[${window}])) > 0 or ${by} (${counter} unless ${counter} offset ${window}) > 0)`;
}
