import type { BoardPanel, BoardQuery, FieldStyle, GridPlace, PanelKind, Threshold } from './board.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';

const KINDS: readonly PanelKind[] = [
  'timeseries',
  'stat',
  'state-timeline',
  'gauge',
  'bargauge',
  'table',
  'text',
];
const COLUMNS = 24;
/** Rows of the grid that one panel may take; more is a mistake. */
const MAX_HEIGHT = 200;
const DEFAULT_SPAN = { w: 12, h: 8 };

/** Reads one panel; what is missing is as in Grafana. */
export function readPanel(json: JsonObject): BoardPanel {
  const type = textIn(json['type'], 'unknown');
  const options = objectIn(json['options']);
  const [calc] = listIn(objectIn(options['reduceOptions'])['calcs']);
  return {
    kind: KINDS.find((kind) => kind === type) ?? 'other',
    type,
    title: textIn(json['title']),
    description: textIn(json['description']),
    place: placeIn(objectIn(json['gridPos'])),
    queries: listIn(json['targets']).flatMap((target) => queryIn(objectIn(target))),
    style: styleIn(objectIn(objectIn(json['fieldConfig'])['defaults'])),
    calc: textIn(calc, 'lastNotNull'),
    text: textIn(options['content']),
  };
}

function queryIn(json: JsonObject): readonly BoardQuery[] {
  const expr = textIn(json['expr']);
  if (expr === '' || json['hide'] === true) return [];
  return [{ expr, legend: textIn(json['legendFormat']), isInstant: json['instant'] === true }];
}

function placeIn(json: JsonObject): GridPlace {
  const x = whole(json['x'], 0, 0, COLUMNS - 1);
  return {
    x,
    y: whole(json['y'], 0, 0, Number.MAX_SAFE_INTEGER),
    w: whole(json['w'], DEFAULT_SPAN.w, 1, COLUMNS - x),
    h: whole(json['h'], DEFAULT_SPAN.h, 1, MAX_HEIGHT),
  };
}

function whole(value: unknown, fallback: number, least: number, most: number): number {
  return Math.min(Math.max(Math.round(numberIn(value) ?? fallback), least), most);
}

function styleIn(json: JsonObject): FieldStyle {
  const custom = objectIn(json['custom']);
  const mode = textIn(objectIn(custom['thresholdsStyle'])['mode'], 'off');
  return {
    unit: textIn(json['unit']),
    decimals: numberIn(json['decimals']),
    min: numberIn(json['min']),
    max: numberIn(json['max']),
    thresholds: listIn(objectIn(json['thresholds'])['steps']).map((step) => thresholdIn(objectIn(step))),
    words: wordsIn(listIn(json['mappings'])),
    fillOpacity: Math.min(Math.max(numberIn(custom['fillOpacity']) ?? 0, 0), 100),
    showsThresholds: mode !== 'off',
  };
}

function thresholdIn(json: JsonObject): Threshold {
  return { from: numberIn(json['value']) ?? Number.NEGATIVE_INFINITY, color: textIn(json['color']) };
}

/** Value mappings; ranges and patterns are not read. */
function wordsIn(mappings: readonly unknown[]): Readonly<Record<string, string>> {
  const words: Record<string, string> = {};
  for (const mapping of mappings) {
    const { type, options } = objectIn(mapping);
    if (type !== 'value') continue;
    for (const [value, result] of Object.entries(objectIn(options)))
      words[value] = textIn(objectIn(result)['text'], value);
  }
  return words;
}
