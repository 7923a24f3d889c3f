import {
  type CalendarUnit,
  isTimeZone,
  MAX_RATE_PERIOD_MS,
  type RateUnit,
  ratePeriodMs,
} from '@paymesh/common/policy';

import { MAX_COUNT, type Period } from '../algorithm/index.ts';
import type { Algorithm, Allowance } from '../match/index.ts';
import { knownFields, readBoolean, readText, readUint32, readWord } from './field-readers.ts';
import { suggest } from './suggest.ts';
import type { Field, Place, YamlReader } from './yaml-reader.ts';

export type Fields = ReadonlyMap<string, Field>;

/** Keys of a limit; the second line is not of envoyproxy/ratelimit. */
export const RATE_LIMIT_KEYS: readonly string[] = [
  ...['unit', 'requests_per_unit', 'unlimited', 'name', 'replaces'],
  ...['every', 'algorithm', 'burst', 'time_zone', 'consume', 'concurrency'],
];

const UNITS: readonly RateUnit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];
const CALENDAR_UNITS: readonly RateUnit[] = ['day', 'week', 'month', 'year'];
const ALGORITHMS = ['fixed', 'sliding', 'token_bucket', 'calendar'] as const;
/** Keys of a rate, which concurrency has not. */
const RATE_KEYS = ['unit', 'requests_per_unit', 'unlimited', 'every', 'algorithm', 'burst', 'time_zone'];
/** A bucket counts hits times milliseconds, which must stay whole numbers; it may owe as much again. */
const MAX_BUCKET = MAX_COUNT * 2;
const MAX_HOLD_SECONDS = 86_400;
const MS_PER_SECOND = 1_000;

/** What a limit allows, and how it measures. */
export function readAllowance(reader: YamlReader, place: Place, fields: Fields): Allowance {
  const held = fields.get('concurrency');
  if (held !== undefined) return readConcurrency(reader, held, fields);
  const text = readText(reader, fields.get('unit'));
  const unit = UNITS.find((candidate) => candidate === text.toLowerCase());
  const unitPlace = fields.get('unit')?.value ?? place;
  const requests = readUint32(reader, fields.get('requests_per_unit'));
  if (readBoolean(reader, fields.get('unlimited'))) {
    if (unit !== undefined) {
      reader.report('RL2006', unitPlace, { expected: 'no unit beside unlimited: true', got: `"${text}"` });
    }
    refuseKeys(reader, fields, ['every', 'algorithm', 'burst', 'time_zone', 'consume'], 'unlimited: true');
    return { kind: 'unlimited' };
  }
  if (unit === undefined) reportUnit(reader, unitPlace, text);
  if (requests === undefined) {
    reader.report('RL2013', place, {
      expected: 'requests_per_unit',
      got: 'none, which means 0: nothing passes',
      hint: 'write requests_per_unit: 0 if that is meant',
    });
  }
  const period = readPeriod(reader, unit ?? 'second', fields.get('every'));
  const rate = { requests: requests ?? 0, period };
  return { kind: 'rate', ...rate, algorithm: readAlgorithm(reader, place, fields, rate) };
}

function readConcurrency(reader: YamlReader, held: Field, fields: Fields): Allowance {
  refuseKeys(reader, fields, RATE_KEYS, 'concurrency');
  const place = held.value ?? held.keyPlace;
  const own = knownFields(reader, place, ['max', 'hold_seconds']);
  const requests = readUint32(reader, own?.get('max'));
  const holdSeconds = readUint32(reader, own?.get('hold_seconds'));
  if (own !== undefined && (requests === undefined || holdSeconds === undefined)) {
    reader.report('RL2015', place, {
      expected: 'max: how many at once, and hold_seconds: when one whose end nobody told is over',
      got: requests === undefined ? 'no max' : 'no hold_seconds',
    });
  }
  if (holdSeconds !== undefined && (holdSeconds < 1 || holdSeconds > MAX_HOLD_SECONDS)) {
    reader.report('RL2020', own?.get('hold_seconds')?.value ?? place, {
      expected: `1 to ${MAX_HOLD_SECONDS} seconds`,
      got: String(holdSeconds),
    });
  }
  return { kind: 'concurrency', requests: requests ?? 0, holdMs: (holdSeconds ?? 1) * MS_PER_SECOND };
}

function readPeriod(reader: YamlReader, unit: RateUnit, field: Field | undefined): Period {
  const every = readUint32(reader, field) ?? 1;
  const period = { unit, every: Math.max(1, every) };
  if (field?.value !== undefined && (every < 1 || ratePeriodMs(period) > MAX_RATE_PERIOD_MS)) {
    const expected = 'a whole number of units from 1, of at most a year together';
    reader.report('RL2018', field.value, { expected, got: `${every} times a ${unit}` });
  }
  return period;
}

interface RateInput {
  readonly requests: number;
  readonly period: Period;
}

function readAlgorithm(reader: YamlReader, place: Place, fields: Fields, rate: RateInput): Algorithm {
  const kind = readWord(reader, fields.get('algorithm'), ALGORITHMS) ?? 'fixed';
  if (kind !== 'token_bucket') refuseKeys(reader, fields, ['burst'], `algorithm: ${kind}`);
  if (kind !== 'calendar') refuseKeys(reader, fields, ['time_zone'], `algorithm: ${kind}`);
  switch (kind) {
    case 'fixed':
    case 'sliding':
      return { kind };
    case 'token_bucket':
      return { kind: 'bucket', burst: readBurst(reader, place, fields.get('burst'), rate) };
    case 'calendar':
      return readCalendar(reader, place, fields, rate.period);
  }
}

function readBurst(
  reader: YamlReader,
  place: Place,
  field: Field | undefined,
  { requests, period }: RateInput,
): number {
  const burst = readUint32(reader, field) ?? requests;
  const most = Math.floor(MAX_BUCKET / ratePeriodMs(period));
  if (burst > most) {
    reader.report('RL2019', field?.value ?? place, {
      expected: `a burst of at most ${most} with a rate of so long a time`,
      got: String(burst),
      hint: 'algorithm: sliding has no such bound',
    });
  }
  return burst;
}

function readCalendar(reader: YamlReader, place: Place, fields: Fields, period: Period): Algorithm {
  const timeZone = readText(reader, fields.get('time_zone'));
  if (!isTimeZone(timeZone)) {
    const meant = suggest(timeZone, Intl.supportedValuesOf('timeZone'));
    reader.report('RL2017', fields.get('time_zone')?.value ?? place, {
      expected: 'time_zone: one of the IANA database, such as Asia/Shanghai or UTC',
      got: timeZone === '' ? 'none' : `"${timeZone}"`,
      ...(timeZone !== '' && meant !== undefined && { hint: `did you mean "${meant}"?` }),
    });
  }
  if (isCalendarUnit(period.unit) && period.every === 1) {
    return { kind: 'calendar', unit: period.unit, timeZone };
  }
  reader.report('RL2018', fields.get('unit')?.value ?? place, {
    expected: `one ${CALENDAR_UNITS.join(', ')}: a calendar knows no others`,
    got: `${period.every} times a ${period.unit}`,
  });
  return { kind: 'fixed' };
}

function isCalendarUnit(unit: RateUnit): unit is CalendarUnit {
  return CALENDAR_UNITS.includes(unit);
}

function refuseKeys(reader: YamlReader, fields: Fields, keys: readonly string[], beside: string): void {
  for (const key of keys) {
    const field = fields.get(key);
    if (field === undefined) continue;
    reader.report('RL2015', field.keyPlace, { expected: `no ${key} beside ${beside}`, got: `"${key}"` });
  }
}

function reportUnit(reader: YamlReader, place: Place, text: string): void {
  const meant = suggest(text, UNITS);
  reader.report('RL2005', place, {
    expected: `one of ${UNITS.join(', ')}`,
    got: text === '' ? 'no unit' : `"${text}"`,
    ...(meant !== undefined && { hint: `did you mean "${meant}"?` }),
  });
}
