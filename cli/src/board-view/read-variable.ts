import type { BoardVariable } from './board.ts';
import { type JsonObject, listIn, objectIn, textIn } from './json.ts';

/** Reads a template variable; kinds that change no query (`adhoc`, `system`) give none. */
export function readVariable(json: JsonObject): readonly BoardVariable[] {
  const name = textIn(json['name']);
  const source = sourceIn(json);
  if (name === '' || source === undefined) return [];
  const allValue = textIn(json['allValue']);
  return [
    {
      name,
      label: textIn(json['label']) || name,
      source,
      chosen: chosenIn(objectIn(json['current'])['value']),
      isMulti: json['multi'] === true || json['includeAll'] === true,
      all: allValue === '' ? undefined : allValue,
    },
  ];
}

function sourceIn(json: JsonObject): BoardVariable['source'] | undefined {
  // Newer boards wrap the query: {"query": "label_values(up, job)", "refId": "A"}.
  const query = textIn(json['query']) || textIn(objectIn(json['query'])['query']);
  switch (json['type']) {
    case 'datasource':
      return { kind: 'datasource' };
    case 'query':
      return { kind: 'query', query, filter: textIn(json['regex']) };
    case 'custom':
    case 'interval':
      return { kind: 'values', values: query.split(',').map((value) => value.trim()) };
    case 'constant':
    case 'textbox':
      return { kind: 'values', values: [query] };
    default:
      return undefined;
  }
}

function chosenIn(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? [value] : listIn(value);
  return list.filter((item) => typeof item === 'string' && item !== '') as readonly string[];
}
