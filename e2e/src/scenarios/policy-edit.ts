import {
  type Answer,
  chargeRequest,
  createExpectations,
  type Expectations,
  editPolicy,
  paymentOf,
  runLoad,
  runLoadUntil,
  type Scenario,
  type ScenarioMesh,
  type Sent,
  statusCounts,
  until,
} from '../harness/index.ts';

/** What the product promises from saving a file to the first request that feels it, in milliseconds. */
const PROMISE_MS = 100;
/** Each edit is made so often: the machine is small, and the median is what a user meets. */
const ROUNDS = 5;
/** How closely the moment is watched. */
const PER_SECOND = 100;
const LOAD_SECONDS = 0.7;
/** The edit comes so long after the load has begun. */
const EDIT_AFTER_MS = 250;
/** Slower than the edited deadline, faster than the one before, in milliseconds. */
const CHARGE_DELAY_MS = 250;

/** Edits while traffic flows. */
export const policyEdit: Scenario = {
  name: 'policy-edit',
  summary:
    'a changed limit and a changed timeout are felt within 100 ms of saving the file; no request fails of it',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const bystander = mesh.merchant('merchant-a-2026');
    const path = await paymentOf(bystander);
    const over = new AbortController();
    const background = runLoadUntil(over.signal, { perSecond: 20, send: () => bystander.get(path) });
    for (const edit of [await limitEdit(mesh), timeoutEdit(mesh)]) {
      const felt = await feltTimes(mesh, edit, expect);
      measure(`${edit.name}MedianMs`, felt[Math.floor(ROUNDS / 2)] ?? Number.POSITIVE_INFINITY);
      measure(`${edit.name}SlowestMs`, felt.at(-1) ?? Number.POSITIVE_INFINITY);
      const median = felt[Math.floor(ROUNDS / 2)] ?? Number.POSITIVE_INFINITY;
      expect(median <= PROMISE_MS, `the new ${edit.name} was felt after ${felt.join(', ')} ms`);
    }
    over.abort();
    const sent = await background;
    measure('bystanders', statusCounts(sent));
    expect(
      sent.every(({ answer }) => answer.status === 200),
      `clients that no edit concerns saw ${statusCounts(sent)}`,
    );
    return verdict();
  },
};

interface Edit {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly send: () => Promise<Answer>;
  /** Status of a request that feels the edit, and of one that does not. */
  readonly feels: number;
  readonly well: number;
  readonly around: (rounds: () => Promise<void>) => Promise<void>;
}

/** A limit so low that every request passes it. */
async function limitEdit(mesh: ScenarioMesh): Promise<Edit> {
  const merchant = mesh.merchant('merchant-vip-2026');
  const path = await paymentOf(merchant);
  return {
    name: 'limit',
    file: 'security/limits.yaml',
    from: 'value: merchant-vip, rate: 1000/s',
    to: 'value: merchant-vip, rate: 1/h',
    send: () => merchant.get(path),
    feels: 429,
    well: 200,
    around: (rounds) => rounds(),
  };
}

/**
 * A deadline shorter than the provider takes; the provider is asked as payments would ask it. It tells nobody of these
 * charges: payments knows none of them, so each notification would be signed, refused and tried again, and what is
 * measured would be those.
 */
function timeoutEdit(mesh: ScenarioMesh): Edit {
  return {
    name: 'timeout',
    file: 'resilience/providers.yaml',
    from: 'request: 2s',
    to: 'request: 100ms',
    send: () => mesh.callFrom('payments-1', chargeRequest()),
    feels: 504,
    well: 201,
    around: async (rounds) => {
      await mesh.observe.behave('psp-wechat', {
        delayMs: CHARGE_DELAY_MS,
        unnotifiedPercent: 100,
      });
      try {
        await rounds();
      } finally {
        await mesh.observe.behave('psp-wechat', {});
      }
    },
  };
}

/** Milliseconds from saving to feeling, of each round, sorted. */
async function feltTimes(
  mesh: ScenarioMesh,
  edit: Edit,
  expect: Expectations['expect'],
): Promise<readonly number[]> {
  const times: number[] = [];
  await edit.around(async () => {
    for (let round = 0; round < ROUNDS; round += 1) times.push(await feltOnce(mesh, edit, expect));
  });
  return times.toSorted((one, other) => one - other);
}

async function feltOnce(
  mesh: ScenarioMesh,
  { name, file, from, to, send, feels, well }: Edit,
  expect: Expectations['expect'],
): Promise<number> {
  const load = runLoad({ perSecond: PER_SECOND, seconds: LOAD_SECONDS, send });
  const begun = Date.now();
  await until(() => (Date.now() - begun >= EDIT_AFTER_MS ? true : undefined), EDIT_AFTER_MS * 2, 5);
  const edit = editPolicy(mesh.policies, file, from, to);
  const sent = await load;
  edit.undo();
  const isUndone = await until(async () => ((await send()).status === well ? true : undefined), 5_000);
  const failed = sent.filter(({ answer: { status } }) => status !== feels && status !== well);
  expect(
    failed.length === 0,
    `beside ${well} and ${feels} of the edited ${name} clients saw ${statusCounts(failed)}`,
  );
  expect(isUndone === true, `the ${name} was not felt to be put back`);
  return firstAfter(sent, edit.savedAt, feels) - edit.savedAt;
}

/** When the first request with this status was sent, at or after `since`; infinity when there was none. */
function firstAfter(sent: readonly Sent[], since: number, status: number): number {
  const times = sent.filter(({ answer, at }) => answer.status === status && at >= since).map(({ at }) => at);
  return Math.min(...times);
}
