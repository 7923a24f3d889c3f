import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { readBoard } from './read-board.ts';

const BOARDS = join(import.meta.dirname, '../../../helm/paymesh/dashboards');
const boards = readdirSync(BOARDS).filter((name) => name.endsWith('.json'));

function boardIn(text: string) {
  const read = readBoard(text);
  if (read.kind === 'error') throw new Error(read.message);
  return read.board;
}

describe('a board', () => {
  test.each(boards)('%s of the chart is drawn whole', (name) => {
    const text = readFileSync(join(BOARDS, name), 'utf8');
    const { sections, variables, annotations } = boardIn(text);
    const panels = sections.flatMap((section) => section.panels);
    const written = (JSON.parse(text) as { panels: { type: string; title: string }[] }).panels;
    expect(panels.map(({ title }) => title)).toEqual(
      written.filter(({ type }) => type !== 'row').map(({ title }) => title),
    );
    expect(panels.filter(({ kind }) => kind === 'other' || kind === 'text')).toEqual([]);
    expect(panels.filter(({ queries }) => queries.length === 0)).toEqual([]);
    expect(variables.map(({ source }) => source.kind)).toEqual(['datasource']);
    expect(annotations.map(({ title }) => title)).toEqual(['Revision {{revision}}']);
  });

  test('as the API of Grafana gives it, with collapsed rows and what is missing', () => {
    const inner = { type: 'stat', title: 'Inside', targets: [{ expr: 'a' }, { expr: 'b', hide: true }, {}] };
    const board = boardIn(
      JSON.stringify({
        dashboard: { panels: [{}, { type: 'row', title: 'R', collapsed: true, panels: [inner] }] },
      }),
    );
    expect(board).toMatchObject({ title: 'Dashboard', from: 'now-1h', to: 'now', variables: [] });
    expect(board.sections).toMatchObject([
      { title: '', isCollapsed: false, panels: [{ kind: 'other', type: 'unknown' }] },
      { title: 'R', isCollapsed: true, panels: [{ kind: 'stat', queries: [{ expr: 'a' }] }] },
    ]);
  });

  test('cannot leave its grid', () => {
    const gridPos = { x: 30, y: -4, w: 99, h: 1e9 };
    const [section] = boardIn(JSON.stringify({ panels: [{ type: 'stat', gridPos }] })).sections;
    expect(section?.panels[0]?.place).toEqual({ x: 23, y: 0, w: 1, h: 200 });
  });

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it has no "panels", so it is no dashboard of Grafana'],
    ['null', 'no dashboard'],
    ['{"spec": {"elements": {}}}', 'export it in the classic form'],
    [JSON.stringify({ panels: Array.from({ length: 501 }, () => ({})) }), '501 panels; at most 500'],
  ])('%.30s is none', (text, message) => {
    expect(readBoard(text)).toMatchObject({ kind: 'error', message: expect.stringContaining(message) });
  });
});
