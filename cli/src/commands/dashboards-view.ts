import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';

import { didYouMean } from '@paymesh/common/policy';
import { Command, InvalidArgumentError, Option } from 'commander';

import {
  type BoardAnswers,
  type BoardVariable,
  boardJson,
  builtInValues,
  collectAnswers,
  createPrometheus,
  PrometheusError,
  parseDuration,
  readBoard,
  readPageAssets,
  renderPage,
  resolveVariables,
  timeRangeOf,
  VariableError,
  type ViewedBoard,
} from '../board-view/index.ts';
import { boardText } from '../dashboards/index.ts';
import { CommandError, createProgressLine, EXIT, print, printError } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';
import { readToken } from './read-token.ts';

interface ViewFlags {
  readonly prometheus: URL;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly scrapeInterval: number;
  readonly var: ReadonlyMap<string, readonly string[]>;
  readonly out?: string;
  readonly json: boolean;
  readonly config: string;
  readonly tokenFile?: string;
}

/** Bytes of a file with a board; ours have less than a hundred thousand. */
const MAX_BOARD_BYTES = 8_388_608;

/** `paymesh dashboards view`: a board without Grafana, as one page. */
export function dashboardsViewCommand(): Command {
  return new Command('view')
    .description('Draw a board from a Prometheus as one HTML page that needs nothing else.')
    .argument('<board|file>', 'a board of "paymesh dashboards list", or a file with the JSON of one')
    .addOption(
      new Option('--prometheus <url>', 'base URL of a Prometheus, or of what speaks like one')
        .env('PAYMESH_PROMETHEUS')
        .argParser(baseUrl)
        .default(new URL('http://127.0.0.1:9090'), 'http://127.0.0.1:9090'),
    )
    .option('--from <time>', 'now-1h, an RFC 3339 time or Unix seconds; default: as the board says')
    .option('--to <time>', 'likewise')
    .option('--step <duration>', 'time between two points, such as 15s; default: what fits the range')
    .addOption(
      new Option(
        '--scrape-interval <duration>',
        'how often this Prometheus scrapes; $__rate_interval follows it',
      )
        .argParser(duration)
        .default(15_000, '15s'),
    )
    .addOption(
      new Option('--var <name=value>', 'value of a template variable; may be repeated, also for one name')
        .argParser(addVariable)
        .default(new Map(), 'as the board says'),
    )
    .option('--out <file>', 'where the page is written, - is standard output; default: NAME.html')
    .option('--json', 'print the data as one JSON object instead of a page', false)
    .option('--config <dir>', 'folder of the policies that boards are made from', 'policies')
    .option('--token-file <file>', 'sent to the Prometheus as "Authorization: Bearer"')
    .addHelpText(
      'after',
      `
A query that fails is told of in its panel; the page is written all the same, and the exit code is 1.

Examples:
  $ npx paymesh dashboards view overview --prometheus http://127.0.0.1:9090
  $ npx paymesh dashboards view resilience --from now-15m --step 5s --scrape-interval 5s --out incident.html
  $ npx paymesh dashboards view ./board.json --var service=pay/payments --json | jq '.panels[].title'`,
    )
    .action(view);
}

async function view(name: string, flags: ViewFlags): Promise<void> {
  const board = await boardOf(name, flags.config);
  rejectUnknownVariables(flags.var, board.variables);
  const { answers, variables } = await ask(board, flags);
  if (flags.json) print(JSON.stringify(boardJson(board, answers)));
  else {
    const prometheus = `${flags.prometheus.origin}${flags.prometheus.pathname.replace(/\/$/, '')}`;
    write(renderPage({ board, answers, variables, assets: readPageAssets(), prometheus }), name, flags.out);
  }
  tellProblems(board, answers);
}

async function boardOf(name: string, config: string): Promise<ViewedBoard> {
  const read = readBoard(await textOf(name, config));
  if (read.kind === 'board') return read.board;
  throw new CommandError(`${name} cannot be drawn: ${read.message}`);
}

/** What looks like a path is one; all else is a board of the policies. */
async function textOf(name: string, config: string): Promise<string> {
  if (name.includes('/') || name.endsWith('.json')) {
    const { size } = statSync(name);
    if (size > MAX_BOARD_BYTES)
      throw new CommandError(`${name} has ${size} bytes; a board has at most ${MAX_BOARD_BYTES}`);
    return readFileSync(name, 'utf8');
  }
  const found = boardText(name, await readPolicies(config));
  if (found.kind === 'board') return found.text;
  throw new CommandError(found.message, EXIT.usage);
}

function rejectUnknownVariables(chosen: ViewFlags['var'], variables: readonly BoardVariable[]): void {
  const known = variables.map((variable) => variable.name);
  for (const name of chosen.keys()) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known) ?? `it has ${known.join(', ') || 'none'}`;
    throw new CommandError(`--var: the board has no variable "${name}": ${hint}`, EXIT.usage);
  }
}

async function ask(board: ViewedBoard, flags: ViewFlags) {
  const range = timeRangeOf({
    ...{ from: flags.from ?? board.from, to: flags.to ?? board.to, step: flags.step },
    ...{ scrapeIntervalMs: flags.scrapeInterval, nowMs: Date.now() },
  });
  if (range.kind === 'mistake') throw new CommandError(range.message, EXIT.usage);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const progress = createProgressLine(process.stderr);
  const prometheus = createPrometheus({
    url: flags.prometheus,
    token: tokenOf(flags.tokenFile),
    signal: stopping.signal,
  });
  try {
    const variables = await resolveVariables({
      ...{ variables: board.variables, chosen: flags.var, prometheus, range },
      builtIn: builtInValues(range, flags.scrapeInterval),
      datasource: flags.prometheus.host,
    });
    const onProgress = (done: number, all: number): void => progress.show(() => `${done} of ${all} queries`);
    return { variables, answers: await collectAnswers({ board, prometheus, range, variables, onProgress }) };
  } catch (error) {
    // What else is under way has nobody to answer any more.
    stop();
    throw asCommandError(error, flags.prometheus);
  } finally {
    progress.clear();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

function tokenOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readToken(file, '--token-file').reveal().toString();
}

function asCommandError(error: unknown, { origin, pathname }: URL): unknown {
  if (error instanceof VariableError) return new CommandError(error.message);
  if (!(error instanceof PrometheusError)) return error;
  const where = `${origin}${pathname}`;
  if (error.code === 'unreachable') {
    return new CommandError(
      `no Prometheus answers on ${where} (${error.message}): name one with --prometheus URL`,
      EXIT.unreachable,
      { cause: error },
    );
  }
  return new CommandError(`the Prometheus on ${where}: ${error.message}`, EXIT.failed, { cause: error });
}

function write(page: string, name: string, out: string | undefined): void {
  if (out === '-') {
    process.stdout.write(page);
    return;
  }
  const file = out ?? `${basename(name, extname(name))}.html`;
  writeFileSync(file, page);
  print(file);
}

/** One line for each panel that is not as it should be. */
function tellProblems(board: ViewedBoard, answers: BoardAnswers): void {
  const told = board.sections.flatMap(({ panels }, section) =>
    panels.flatMap(({ title }, index) =>
      (answers.panels[section]?.[index]?.problems ?? []).map((problem) => `${title}: ${problem}`),
    ),
  );
  for (const problem of [...answers.problems, ...told]) printError(`paymesh: ${problem}`);
  if (told.length + answers.problems.length > 0) process.exitCode = EXIT.failed;
}

function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidArgumentError('expected a URL such as http://127.0.0.1:9090');
  // Not an InvalidArgumentError, whose text repeats the value: it may hold a password.
  if (url.username !== '' || url.password !== '')
    throw new CommandError('--prometheus: no credentials in a URL: use --token-file', EXIT.usage);
  return url;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1_000)
    throw new InvalidArgumentError('expected a duration of a second or more, such as 15s or 1m');
  return ms;
}

function addVariable(text: string, known: ViewFlags['var']): ViewFlags['var'] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected NAME=VALUE');
  const name = text.slice(0, at);
  return new Map([...known, [name, [...(known.get(name) ?? []), text.slice(at + 1)]]]);
}
