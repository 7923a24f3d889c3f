import type { BoardAnswers } from './answers.ts';
import type { ViewedBoard } from './board.ts';

/** What a page would show, for machines; values are in the unit of their panel. */
export function boardJson(
  board: ViewedBoard,
  { times, stepMs, panels, marks, problems }: BoardAnswers,
): object {
  return {
    schemaVersion: 1,
    title: board.title,
    stepSeconds: stepMs / 1_000,
    times,
    annotations: marks.map(({ time, title }) => ({ time, title })),
    problems,
    panels: board.sections.flatMap((section, at) =>
      section.panels.map(({ title, type, style }, index) => ({
        section: section.title,
        ...{ title, type, unit: style.unit },
        ...(panels[at]?.[index] ?? {}),
      })),
    ),
  };
}
