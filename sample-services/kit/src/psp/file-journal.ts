import { appendFileSync, existsSync, readFileSync } from 'node:fs';

import type { BookEvent, Journal } from './charge-book.ts';

/**
 * A journal in a file, one JSON line an event, written before the answer is: a killed provider remembers what
 * it charged, as real ones do. A last line cut short by the kill is left out: it was never answered.
 */
export function openFileJournal(path: string): Journal {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const end = text.lastIndexOf('\n') + 1;
  // Ends the cut line, so that the next event stands on a line of its own.
  if (end < text.length) appendFileSync(path, '\n');
  return {
    events: text.slice(0, end).split('\n').flatMap(parseLine),
    append: (event) => appendFileSync(path, `${JSON.stringify(event)}\n`),
  };
}

function parseLine(line: string): readonly BookEvent[] {
  try {
    return [JSON.parse(line) as BookEvent];
  } catch {
    // The line of a process that was killed while it wrote, or the empty one after the last.
    return [];
  }
}
