import type { CounterStore, ProbedStore, Taken } from './types.ts';

export interface BreakerOptions {
  /** Failures in a row that open the breaker. Default 3. */
  readonly threshold?: number;
  /** Time that they must span, in milliseconds: calls under way together fail together. Default 30. */
  readonly spanMs?: number;
  /** Longest pause between two probes while open, in milliseconds; the first are shorter. Default 100. */
  readonly probeMs?: number;
  /** Told when a node is left alone (with the reason) and when it is asked again. */
  readonly onChange: (change: BreakerChange) => void;
}

export interface BreakerChange {
  /** Of the store's nodes; '' where there is but one. */
  readonly node: string;
  readonly isOpen: boolean;
  /** Whether any node is left alone now. */
  readonly isAnyOpen: boolean;
  readonly reason: string;
}

const DEFAULT_THRESHOLD = 3;
const DEFAULT_SPAN_MS = 30;
const DEFAULT_PROBE_MS = 100;
const FIRST_PROBE_MS = 5;

/** Nodes that are remembered; those of a cluster are far fewer, and what is forgotten is only a count of failures. */
const MAX_NODES = 1_000;

/**
 * Keeps calls from nodes of a store that are away: without a connection, or after some failures in a row, each
 * call to such a node is answered `down` at once, and it is probed aside, never at the cost of a call, until it is back.
 */
export function createBreaker(store: ProbedStore, options: BreakerOptions): CounterStore {
  const circuits = new Map<string, Circuit>();
  let isClosed = false;
  const onChange: CircuitOptions['onChange'] = (node, isOpen, reason) => {
    const isAnyOpen = [...circuits.values()].some((circuit) => circuit.open() !== undefined);
    if (!isClosed) options.onChange({ node, isOpen, isAnyOpen, reason });
  };
  const circuitOf = (node: string): Circuit => {
    const known = circuits.get(node);
    if (known !== undefined) return known;
    if (circuits.size >= MAX_NODES) forgetClosed(circuits);
    const made = createCircuit({ ...options, node, onChange, probe: () => store.probe(node) });
    circuits.set(node, made);
    return made;
  };
  return {
    take: (takes, nowMs) => {
      const own = store.nodesOf(takes).map(circuitOf);
      for (const circuit of own) {
        const down = circuit.open();
        if (down !== undefined) return down;
      }
      const judge = (taken: Taken): Taken => {
        for (const circuit of own) circuit.judge(taken);
        return taken;
      };
      const taken = store.take(takes, nowMs);
      return taken instanceof Promise ? taken.then(judge) : judge(taken);
    },
    close: () => {
      isClosed = true;
      for (const circuit of circuits.values()) circuit.close();
      return store.close();
    },
  };
}

function forgetClosed(circuits: Map<string, Circuit>): void {
  for (const [node, circuit] of circuits) if (circuit.open() === undefined) circuits.delete(node);
}

interface CircuitOptions extends Omit<BreakerOptions, 'onChange'> {
  readonly node: string;
  readonly probe: () => Promise<boolean>;
  readonly onChange: (node: string, isOpen: boolean, reason: string) => void;
}

/** The breaker of one node. */
interface Circuit {
  /** What every call is answered while the node is away. */
  open(): Taken | undefined;
  /** Learns from what became of a call. */
  judge(taken: Taken): void;
  close(): void;
}

function createCircuit({ node, probe, onChange, ...options }: CircuitOptions): Circuit {
  const { threshold = DEFAULT_THRESHOLD, spanMs = DEFAULT_SPAN_MS } = options;
  const maxPauseMs = options.probeMs ?? DEFAULT_PROBE_MS;
  let failures = 0;
  let failingSinceMs = 0;
  let open: Taken | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const probeAfter = (pauseMs: number): void => {
    timer = setTimeout(() => {
      void probe().then((isBack) => onProbed(isBack, pauseMs));
    }, pauseMs);
  };
  const onProbed = (isBack: boolean, pauseMs: number): void => {
    if (isClosed) return;
    if (!isBack) {
      probeAfter(Math.min(pauseMs * 2, maxPauseMs));
      return;
    }
    failures = 0;
    open = undefined;
    onChange(node, false, 'the store answers again');
  };
  const onFailure = ({ reason, isDisconnected = false }: Extract<Taken, { kind: 'down' }>): void => {
    const nowMs = performance.now();
    if (failures === 0) failingSinceMs = nowMs;
    failures += 1;
    const isOutage = failures >= threshold && nowMs - failingSinceMs >= spanMs;
    if (open !== undefined || isClosed || !(isDisconnected || isOutage)) return;
    open = { kind: 'down', reason: `the store is away: ${reason}` };
    onChange(node, true, reason);
    probeAfter(Math.min(FIRST_PROBE_MS, maxPauseMs));
  };
  return {
    open: () => open,
    judge: (taken) => {
      if (taken.kind === 'down') onFailure(taken);
      else failures = 0;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
