import type { BoardAnnotation, BoardPanel, BoardSection, ViewedBoard } from './board.ts';
import { type JsonObject, listIn, objectIn, textIn } from './json.ts';
import { readPanel } from './read-panel.ts';
import { readVariable } from './read-variable.ts';

/** Panels of one board; Grafana's own slows down long before. */
const MAX_PANELS = 500;

export type ReadBoard =
  | { readonly kind: 'board'; readonly board: ViewedBoard }
  | { readonly kind: 'error'; readonly message: string };

/** Reads the JSON of a dashboard (schema version 16 and later), also as the HTTP API of Grafana wraps it. */
export function readBoard(text: string): ReadBoard {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { kind: 'error', message: `it is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
  const outer = objectIn(parsed);
  const json = 'dashboard' in outer ? objectIn(outer['dashboard']) : outer;
  if (!Array.isArray(json['panels'])) {
    const why =
      'elements' in json || 'spec' in json ? ' (export it in the classic form, not as a resource)' : '';
    return { kind: 'error', message: `it has no "panels", so it is no dashboard of Grafana${why}` };
  }
  const sections = sectionsOf(json['panels']);
  const count = sections.reduce((sum, { panels }) => sum + panels.length, 0);
  if (count > MAX_PANELS)
    return { kind: 'error', message: `it has ${count} panels; at most ${MAX_PANELS} are drawn` };
  return { kind: 'board', board: boardOf(json, sections) };
}

function boardOf(json: JsonObject, sections: readonly BoardSection[]): ViewedBoard {
  const time = objectIn(json['time']);
  return {
    title: textIn(json['title'], 'Dashboard'),
    description: textIn(json['description']),
    from: textIn(time['from'], 'now-1h'),
    to: textIn(time['to'], 'now'),
    variables: listIn(objectIn(json['templating'])['list']).flatMap((item) => readVariable(objectIn(item))),
    annotations: listIn(objectIn(json['annotations'])['list']).flatMap((item) =>
      annotationIn(objectIn(item)),
    ),
    sections,
  };
}

/** A row owns what follows it, or, while it is collapsed, what lies in it. */
function sectionsOf(panels: readonly unknown[]): readonly BoardSection[] {
  const sections: { title: string; isCollapsed: boolean; panels: BoardPanel[] }[] = [];
  for (const item of panels) {
    const json = objectIn(item);
    if (json['type'] === 'row') {
      const inside = listIn(json['panels']).map((panel) => readPanel(objectIn(panel)));
      sections.push({
        title: textIn(json['title']),
        isCollapsed: json['collapsed'] === true,
        panels: inside,
      });
      continue;
    }
    if (sections.length === 0) sections.push({ title: '', isCollapsed: false, panels: [] });
    sections.at(-1)?.panels.push(readPanel(json));
  }
  return sections;
}

function annotationIn(json: JsonObject): readonly BoardAnnotation[] {
  const expr = textIn(json['expr']);
  if (expr === '' || json['enable'] === false) return [];
  const name = textIn(json['name'], 'Annotation');
  return [{ name, expr, color: textIn(json['iconColor'], 'blue'), title: textIn(json['titleFormat'], name) }];
}
