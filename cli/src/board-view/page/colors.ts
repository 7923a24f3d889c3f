import type { Threshold } from '../board.ts';

/** Lines in the order of their series; readable on white and on black. */
const LINES = [
  ...['#3d85d1', '#e58a2e', '#4fa55b', '#d6525c', '#9a6fc4', '#2fa9a6', '#c9a227', '#d171ac'],
  ...['#8a6d4f', '#7d8894', '#7fb0e6', '#f0b27a', '#93cb98', '#eb9a9f', '#c4a8e0', '#87d0cd'],
] as const;

/** The names of Grafana's palette. */
const NAMED: Readonly<Record<string, string>> = {
  green: '#4fa55b',
  yellow: '#d9ad1f',
  orange: '#e58a2e',
  red: '#d6525c',
  blue: '#3d85d1',
  purple: '#9a6fc4',
};

const CSS_COLOR = /^(#[0-9a-f]{3,8}|rgba?\([\d.,\s%]{1,40}\))$/i;

/** The colour of the n-th series of a panel. */
export function lineColor(index: number): string {
  return LINES[index % LINES.length] ?? LINES[0];
}

/** A colour of a board as CSS; of Grafana's shades (`dark-red`) the plain colour, and grey for what is none. */
export function cssColor(color: string): string {
  if (CSS_COLOR.test(color)) return color;
  return NAMED[color.replace(/^(super-light|semi-dark|light|dark)-/, '')] ?? '#7d8894';
}

/** The colour that the thresholds give a value; undefined where the board sets none. */
export function thresholdColor(value: number, thresholds: readonly Threshold[]): string | undefined {
  const reached = thresholds.filter(({ from }) => value >= from).at(-1);
  return reached === undefined ? undefined : cssColor(reached.color);
}
