import type { FastifyInstance } from 'fastify';

import { orInvalid } from '../problem.ts';
import { type Behaviour, GOOD_BEHAVIOUR, parseBehaviour } from './behaviour.ts';
import type { ChargeBook } from './charge-book.ts';
import { createDice, type Dice } from './dice.ts';

/** How the simulator behaves just now. The admin routes change it in place. */
export interface Mood {
  behaviour: Behaviour;
  dice: Dice;
}

/** The switches for scenarios. They are for the program's own port; no route of the mesh leads here. */
export function addAdmin(app: FastifyInstance, book: ChargeBook, mood: Mood): void {
  app.get('/admin/behaviour', async () => mood.behaviour);
  app.post('/admin/behaviour', async (request) => {
    behave(mood, orInvalid(parseBehaviour(request.body)));
    return mood.behaviour;
  });
  app.get('/admin/charges', async () => {
    const charges = book.counts();
    return { charges, duplicates: charges.filter(({ received }) => received > 1).length };
  });
  app.post('/admin/reset', async () => {
    book.clear();
    behave(mood, GOOD_BEHAVIOUR);
    return { status: 'reset' };
  });
}

function behave(mood: Mood, behaviour: Behaviour): void {
  mood.behaviour = behaviour;
  mood.dice = createDice(behaviour.seed);
}
