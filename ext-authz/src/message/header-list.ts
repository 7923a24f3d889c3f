/** One header line as it came in; lines of one name stay apart and in order. */
export interface HeaderLine {
  /** Lower case. */
  readonly name: string;
  /** The bytes on the wire, without normalisation. */
  readonly value: Uint8Array;
}

/** Header lines in the order in which they came: to go through, or to be searched without making them all. */
export interface HeaderList extends Iterable<HeaderLine> {
  /** Place of the first line of a lower-case name, from a place on (default 0); -1 when there is none. */
  find(name: string, from?: number): number;
  /** Value of the line at a place that `find` gave. */
  valueAt(place: number): Uint8Array;
  /** The same, one character for each byte. */
  textAt(place: number): string;
}

/** A list of lines that are there already. */
export function headerList(lines: readonly HeaderLine[]): HeaderList {
  const valueAt = (place: number) => lines[place]?.value ?? new Uint8Array(0);
  return {
    [Symbol.iterator]: () => lines[Symbol.iterator](),
    find: (name, from = 0) => lines.findIndex((line, place) => place >= from && line.name === name),
    valueAt,
    textAt: (place) => {
      const { buffer, byteOffset, byteLength } = valueAt(place);
      return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    },
  };
}

/** Places of all lines of a lower-case name, in order. */
export function placesOf(headers: HeaderList, name: string): readonly number[] {
  const places: number[] = [];
  for (let place = headers.find(name); place >= 0; place = headers.find(name, place + 1)) places.push(place);
  return places;
}

/** True when it holds for the value of every line of a lower-case name, also when there is no line. */
export function isEveryLine(headers: HeaderList, name: string, holds: (value: string) => boolean): boolean {
  for (let place = headers.find(name); place >= 0; place = headers.find(name, place + 1)) {
    if (!holds(headers.textAt(place))) return false;
  }
  return true;
}
