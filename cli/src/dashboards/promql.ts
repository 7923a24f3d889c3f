/** The window of Grafana that fits the zoom and the scrape interval. */
const WINDOW = '$__rate_interval';

/** Growth a second of a counter; `selector` is what stands between the braces. */
export function rate(metric: string, selector = ''): string {
  return `rate(${metric}${braced(selector)}[${WINDOW}])`;
}

/** Growth of a counter within the window. */
export function increase(metric: string, selector = ''): string {
  return `increase(${metric}${braced(selector)}[${WINDOW}])`;
}

/** Sum that keeps these labels. */
export function sumBy(labels: string, expr: string): string {
  return labels === '' ? `sum(${expr})` : `sum by (${labels}) (${expr})`;
}

/** A quantile (0 to 1) of a histogram, by these labels. */
export function quantile(q: number, histogram: string, selector = '', labels = ''): string {
  const by = labels === '' ? 'le' : `le, ${labels}`;
  return `histogram_quantile(${q}, ${sumBy(by, rate(`${histogram}_bucket`, selector))})`;
}

/** A share that is absent, not NaN, where nothing happened, and 0 where the part has no series yet: a first 5xx makes its own. */
export function ratio(part: string, whole: string): string {
  return `(${part} or ${whole} * 0) / (${whole} > 0)`;
}

function braced(selector: string): string {
  return selector === '' ? '' : `{${selector}}`;
}
