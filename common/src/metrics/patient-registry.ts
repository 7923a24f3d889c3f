import { setImmediate as nextTurn } from 'node:timers/promises';

import { Registry } from 'prom-client';

/** Series that are written in one turn of the event loop: some milliseconds of work. */
const SERIES_A_TURN = 500;

/** What a metric gives of itself; values may be made while they are written. */
interface Item {
  readonly name: string;
  readonly values?: Iterable<unknown>;
}

/** As much of a metric as a registry uses. `getForPromString` is faster, where there is one. */
interface Source {
  get(): Promise<Item>;
  getForPromString?(): Promise<Item>;
}

/**
 * A registry whose scrape lets others have their turn: that of prom-client writes a hundred thousand series in one go, and
 * every call waits for most of a second. What it writes is the same.
 */
export class PatientRegistry extends Registry {
  #labels: object = {};

  override setDefaultLabels(labels: object): void {
    this.#labels = labels;
    super.setDefaultLabels(labels);
  }

  override async metrics(): Promise<string> {
    const texts: string[] = [];
    for (const metric of this.getMetricsAsArray() as unknown as readonly Source[])
      texts.push(await this.#textOf(metric));
    return `${texts.join('\n\n')}\n`;
  }

  async #textOf(metric: Source): Promise<string> {
    const item = await (metric.getForPromString?.() ?? metric.get());
    const written: string[] = [];
    for (const values of inParts(item.values ?? [])) {
      const text = await this.#write({ ...item, values });
      written.push(written.length === 0 ? text : withoutHead(text));
      if (values.length === SERIES_A_TURN) await nextTurn();
    }
    return written.length === 0 ? this.#write({ ...item, values: [] }) : written.join('\n');
  }

  /** As a registry with nothing else would. */
  async #write(item: Item): Promise<string> {
    const registry = new Registry();
    registry.setDefaultLabels(this.#labels);
    registry.registerMetric({ name: item.name, get: async () => item } as never);
    return (await registry.metrics()).trimEnd();
  }
}

function* inParts(values: Iterable<unknown>): Generator<readonly unknown[]> {
  let part: unknown[] = [];
  for (const value of values) {
    part.push(value);
    if (part.length < SERIES_A_TURN) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** Without the lines of HELP and TYPE. */
function withoutHead(text: string): string {
  return text.slice(text.indexOf('\n', text.indexOf('\n') + 1) + 1);
}
