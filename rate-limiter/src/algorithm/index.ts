export { createCalendar } from './calendar.ts';
export { lengthMs } from './length.ts';
export { epochWindow, type Period, periodMs, type Window } from './period.ts';
export { SLICES } from './slices.ts';
export { endMs, step } from './step.ts';
export { readTicket, type Ticket, ticketOf } from './ticket.ts';
export {
  type BucketState,
  type Hits,
  MAX_COUNT,
  type Meter,
  type Reading,
  type SliceState,
  type State,
  type Step,
} from './types.ts';
