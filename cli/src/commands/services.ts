import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

import type { AdminAddress } from '@paymesh/common/admin';
import { parseHostPort, REDIS_URL_FORMS } from '@paymesh/common/config';
import { type Running, runService } from '@paymesh/common/lifecycle';
import { createLogger, type Logger, type LogLevel } from '@paymesh/common/log';
import { Command, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { CommandError, EXIT } from '../output/index.ts';
import { countUpTo, hostPort, type MakeOption, redisUrl, wholeNumber } from './arguments.ts';
import { readToken } from './read-token.ts';
import {
  CONTROL_PLANE_NOTES,
  checkRuleSources,
  controlPlaneOf,
  controlPlaneOptions,
  type RuleSourceFlags,
} from './rule-sources.ts';

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

interface ServiceOptions {
  /** Of the rate limiter, which may have a control plane in its place. */
  readonly config?: string;
  readonly listen: ReturnType<typeof parseHostPort>;
  readonly admin: AdminAddress;
  readonly redis?: string;
  /** Of the two services that proxies ask. */
  readonly otlp?: ReturnType<typeof parseHostPort>;
  readonly logLevel: LogLevel;
}

interface RedisFlags {
  readonly redisCa?: string;
  readonly redisCert?: string;
  readonly redisKey?: string;
}

type ExtAuthzFlags = ServiceOptions &
  RedisFlags & {
    readonly auditFile?: string;
    readonly auditChain?: boolean;
    readonly auditChainKey?: string;
    readonly auditAllowSample?: number;
    readonly maxNonces?: number;
    readonly nonceFile?: string;
  };

type RateLimiterFlags = ServiceOptions &
  RedisFlags &
  RuleSourceFlags & {
    readonly redisKeyForm?: 'paymesh' | 'ratelimit';
    readonly redisKeyPrefix?: string;
    readonly rlqsListen?: ServiceOptions['listen'];
    readonly httpListen?: ServiceOptions['listen'];
    readonly responseHeaders?: 'draft' | 'x-ratelimit' | 'none';
    readonly overridesFile?: string;
    readonly countersFile?: string;
    readonly maxCounters?: number;
    readonly adminTokenFile?: string;
    readonly mergeDomains?: boolean;
    readonly spareDenied?: boolean;
    readonly shadowMode?: boolean;
    readonly quotaMode?: boolean;
    readonly lastGood?: string;
  };

const RLQS_LISTEN = '127.0.0.1:18022';

/** Each takes 48 bytes. */
const MOST_NONCES = 100_000_000;
/** Each takes up to 50 bytes, of some algorithms 300. */
const MOST_COUNTERS = 100_000_000;

/** `paymesh control-plane`: compiles policies and serves them to Envoys over ADS. */
export function controlPlaneCommand({ env }: CommandContext): Command {
  return serviceCommand({
    name: 'control-plane',
    description: 'Watch a folder of policies and serve what they mean to Envoys over ADS.',
    configHelp: 'folder of policy files; an edit reaches the proxies at once, a broken one reaches none',
    listen: '127.0.0.1:18000',
    admin: '127.0.0.1:18001',
    env,
    start: async ({ config = '', listen, admin }, log) => {
      const { startControlPlane } = await import('@paymesh/control-plane');
      return startControlPlane({ configDir: config, listen, admin, log });
    },
  });
}

/** `paymesh ext-authz`: verifies signatures and judges access for Envoy's ext_authz filter. */
export function extAuthzCommand({ env }: CommandContext): Command {
  return serviceCommand({
    name: 'ext-authz',
    description:
      "Verify request signatures and judge access for Envoy's ext_authz filter (gRPC Authorization/Check).",
    configHelp:
      'folder of policy files: KeySet, SigningPolicy and AccessPolicy are read, the others must be right too',
    listen: '127.0.0.1:18010',
    admin: '127.0.0.1:18011',
    redisHelp: 'share nonces among replicas, such as redis://127.0.0.1:6379; default: kept in this process',
    notes: `
A check names its SigningPolicy in context_extensions as {"policy": "NAMESPACE/NAME"}; where there is but one
policy it may be left out. AccessPolicies are named as {"access": "NS/A,NS/B"}, alone or beside it. It has the body in raw_body (pack_as_bytes) and should have the headers in
header_map (encode_raw_headers): joined ones with a "," or "!" in a signed value are denied.
`,
    env,
    options: (option) => [...nonceOptions(option), ...auditOptions(option), otlpOption(option)],
    check: checkAuditOptions,
    start: async (flags: ExtAuthzFlags, log) => {
      const {
        config = '',
        listen,
        admin,
        redis,
        auditFile,
        auditChain,
        auditChainKey,
        auditAllowSample,
      } = flags;
      const { startExtAuthz } = await import('@paymesh/ext-authz');
      return startExtAuthz({
        configDir: config,
        listen,
        admin,
        log,
        audit: {
          file: auditFile,
          // A key without a chain would be for nothing, and who names one means it.
          isChained: auditChain === true || auditChainKey !== undefined,
          chainKeyFile: auditChainKey,
          allowSample: auditAllowSample,
        },
        redisUrl: redis,
        redisFiles: redisFilesOf(flags),
        maxNonces: flags.maxNonces,
        nonceFile: flags.nonceFile,
        otlp: flags.otlp,
      });
    },
  });
}

/** `paymesh rate-limiter`: counts for Envoy's ratelimit filter. */
export function rateLimiterCommand({ env }: CommandContext): Command {
  return serviceCommand({
    name: 'rate-limiter',
    description: "Count requests for Envoy's ratelimit filter (gRPC RateLimitService/ShouldRateLimit).",
    configHelp:
      'folder of RateLimitPolicy documents, or of envoyproxy/ratelimit YAML files, one domain a file',
    isConfigOptional: true,
    startsWithoutFolder: ({ lastGood }: RateLimiterFlags) => lastGood !== undefined,
    notes: CONTROL_PLANE_NOTES,
    listen: '127.0.0.1:18020',
    admin: '127.0.0.1:18021',
    redisHelp: 'share counters among replicas, such as redis://127.0.0.1:6379; default: kept in this process',
    env,
    options: (option) => [
      ...controlPlaneOptions(option),
      ...limiterOptions(option),
      ...keyFormOptions(option),
      option(
        '--rlqs-listen <host:port>',
        `where Envoys ask for quotas; default ${RLQS_LISTEN}, which gives way to a free port when it is taken`,
        'RLQS_LISTEN',
      ).argParser(hostPort),
      option('--merge-domains', 'put ratelimit files of one domain together', 'MERGE_DOMAINS'),
      option(
        '--spare-denied',
        'a denied request takes nothing of rules in ratelimit files that do not say otherwise',
        'SPARE_DENIED',
      ),
      option('--shadow-mode', 'count all, deny nothing', 'SHADOW_MODE'),
      option('--quota-mode', 'deny only where all limits of a request are over', 'QUOTA_MODE'),
      option(
        '--last-good <path>',
        'keep the last good rules in this file, and start with them when the folder is empty, has errors or is gone, or the control plane is away',
        'LAST_GOOD',
      ),
      otlpOption(option),
    ],
    check: (flags) => {
      checkRuleSources(flags);
      checkKeyForm(flags);
    },
    start: async (flags: RateLimiterFlags, log) => {
      const { config, listen, admin, redis, rlqsListen, redisKeyForm, redisKeyPrefix = '' } = flags;
      const { adminTokenFile } = flags;
      const { mergeDomains, spareDenied, lastGood } = flags;
      // Its counters are no objects of the heap. What a call leaves behind and survives is collected when the heap has
      // grown by a fifth; V8 would let it double first, tens of megabytes.
      setFlagsFromString('--heap-growing-percent=20');
      const { startRateLimiter } = await import('@paymesh/rate-limiter');
      return startRateLimiter({
        configDir: config,
        controlPlane: controlPlaneOf(flags),
        listen,
        rlqsListen: rlqsListen ?? { ...parseHostPort(RLQS_LISTEN), orAnyFree: true },
        admin,
        log,
        redisUrl: redis,
        redisFiles: redisFilesOf(flags),
        ...(redisKeyForm === 'ratelimit' ? { ratelimitKeyPrefix: redisKeyPrefix } : {}),
        modes: { isShadow: flags.shadowMode === true, isQuota: flags.quotaMode === true },
        httpListen: flags.httpListen,
        responseHeaders: flags.responseHeaders,
        overridesFile: flags.overridesFile,
        countersFile: flags.countersFile,
        maxCounters: flags.maxCounters,
        ...(adminTokenFile !== undefined && { adminToken: readToken(adminTokenFile, '--admin-token-file') }),
        ...(mergeDomains === undefined ? {} : { mergesDomains: mergeDomains }),
        ...(spareDenied === undefined ? {} : { sparesDenied: spareDenied }),
        ...(lastGood === undefined ? {} : { lastGoodFile: lastGood }),
        otlp: flags.otlp,
      });
    },
  });
}

function checkKeyForm({ redis, redisKeyForm, redisKeyPrefix }: RateLimiterFlags): void {
  if (redis !== undefined) return;
  if (redisKeyForm === 'ratelimit' || redisKeyPrefix !== undefined)
    throw new CommandError(
      '--redis-key-form and --redis-key-prefix name counters in Redis: give --redis too',
      EXIT.usage,
    );
}

interface ServiceCommand<Flags extends ServiceOptions> {
  readonly name: string;
  readonly description: string;
  readonly configHelp: string;
  /** Default: the folder must be named. */
  readonly isConfigOptional?: boolean;
  /** Whether it has something else to start with where the folder is gone. Default: it has not. */
  readonly startsWithoutFolder?: (options: Flags) => boolean;
  readonly listen: string;
  readonly admin: string;
  /** What for, where the service can use a Redis. */
  readonly redisHelp?: string;
  /** Further lines of the help: what a caller must know. */
  readonly notes?: string;
  readonly env: CommandContext['env'];
  /** Further options; gets a maker of options that may be set in the environment. */
  readonly options?: (option: MakeOption) => readonly Option[];
  /** Throws when options do not go together. */
  readonly check?: (options: Flags) => void;
  readonly start: (options: Flags, log: Logger) => Promise<Running>;
}

function redisOptions(option: MakeOption, help: string): readonly Option[] {
  return [
    option('--redis <url>', help, 'REDIS').argParser(redisUrl),
    option('--redis-ca <file>', 'who may have signed the certificate of Redis, PEM', 'REDIS_CA'),
    option('--redis-cert <file>', 'certificate of this service for Redis, PEM', 'REDIS_CERT'),
    option('--redis-key <file>', 'key of that certificate, PEM', 'REDIS_KEY'),
  ];
}

function redisNotes(variable: string): string {
  return `
The URL of --redis is one of
${REDIS_URL_FORMS}
such as
  --redis redis+cluster://redis-1:6379,redis-2:6379
  --redis rediss+sentinel://sentinel-1,sentinel-2,sentinel-3/main --redis-ca /etc/redis/ca.pem
Other users of this machine see arguments: ${variable} is the place for a URL with a password.
`;
}

function redisFilesOf({ redisCa, redisCert, redisKey }: RedisFlags) {
  return { ca: redisCa, cert: redisCert, key: redisKey };
}

function keyFormOptions(option: MakeOption): readonly Option[] {
  return [
    option(
      '--redis-key-form <form>',
      'names of fixed windows: "ratelimit" counts with an envoyproxy/ratelimit in the same Redis (default: paymesh)',
      'REDIS_KEY_FORM',
    ).choices(['paymesh', 'ratelimit']),
    option(
      '--redis-key-prefix <text>',
      'what begins names of the form "ratelimit": its CACHE_KEY_PREFIX (default: nothing)',
      'REDIS_KEY_PREFIX',
    ),
  ];
}

function nonceOptions(option: MakeOption): readonly Option[] {
  return [
    option(
      '--max-nonces <n>',
      'most nonces remembered in this process; then signed requests get 503 (default: 1000000)',
      'MAX_NONCES',
    ).argParser(countUpTo(MOST_NONCES)),
    option(
      '--nonce-file <path>',
      'remember the nonces of this process across restarts, in a file of its own on a local disk',
      'NONCE_FILE',
    ),
  ];
}

function limiterOptions(option: MakeOption): readonly Option[] {
  return [
    option(
      '--http-listen <host:port>',
      'serve POST /json and GET /healthcheck as envoyproxy/ratelimit does; default: not served',
      'HTTP_LISTEN',
    ).argParser(hostPort),
    option(
      '--response-headers <style>',
      'headers that tell clients of limits, for envoyproxy/ratelimit files (default: none; leave it where Envoy itself sends x-ratelimit-*)',
      'RESPONSE_HEADERS',
    ).choices(['draft', 'x-ratelimit', 'none']),
    option(
      '--overrides-file <path>',
      'keep limits of single tenants across restarts; with --redis they are kept there',
      'OVERRIDES_FILE',
    ),
    option(
      '--counters-file <path>',
      'keep counters of more than a minute across restarts, in a file of its own on a local disk; not with --redis',
      'COUNTERS_FILE',
    ),
    option(
      '--max-counters <n>',
      'most counters kept in this process; past it new ones fall back (default: 2000000)',
      'MAX_COUNTERS',
    ).argParser(countUpTo(MOST_COUNTERS)),
    option(
      '--admin-token-file <path>',
      'what callers must bear to see or change counters; needed when --admin is not on loopback',
      'ADMIN_TOKEN_FILE',
    ),
  ];
}

function auditOptions(option: MakeOption): readonly Option[] {
  return [
    option('--audit-file <path>', 'decision log; default: standard output', 'AUDIT_FILE'),
    option('--audit-chain', 'seal each line of it to the one before ("paymesh audit verify")', 'AUDIT_CHAIN'),
    option('--audit-chain-key <file>', 'seal with this key: base64 of 16 to 1024 bytes', 'AUDIT_CHAIN_KEY'),
    option(
      '--audit-allow-sample <n>',
      'write one allow in n; 1: all, 0: none (default: 100)',
      'AUDIT_ALLOW_SAMPLE',
    ).argParser(wholeNumber),
  ];
}

function otlpOption(option: MakeOption): Option {
  const help = 'collector of spans (OTLP/gRPC), as in MeshDefaults.tracing; default: no spans';
  return option('--otlp <host:port>', help, 'OTLP').argParser(hostPort);
}

function checkAuditOptions({ auditFile, auditChain, auditChainKey }: ExtAuthzFlags): void {
  const isChained = auditChain === true || auditChainKey !== undefined;
  if (isChained && auditFile === undefined)
    throw new CommandError(
      'a chained decision log needs a file: name one with --audit-file PATH',
      EXIT.usage,
    );
}

function serviceCommand<Flags extends ServiceOptions>(service: ServiceCommand<Flags>): Command {
  const prefix = `PAYMESH_${service.name.toUpperCase().replace('-', '_')}`;
  const option: MakeOption = (flags, help, variable) => new Option(flags, help).env(`${prefix}_${variable}`);
  const command = new Command(service.name)
    .description(service.description)
    .addOption(
      option('--config <dir>', service.configHelp, 'CONFIG').makeOptionMandatory(
        service.isConfigOptional !== true,
      ),
    )
    .addOption(
      option('--listen <host:port>', 'where Envoys connect; port 0 takes a free one', 'LISTEN')
        .argParser(hostPort)
        .default(parseHostPort(service.listen), service.listen),
    )
    .addOption(
      option(
        '--admin <host:port>',
        '/healthz, /readyz, /metrics; the default gives way to a free port when it is taken',
        'ADMIN',
      )
        .argParser(hostPort)
        .default(parseHostPort(service.admin), service.admin),
    );
  const { redisHelp } = service;
  if (redisHelp !== undefined) {
    for (const redisOption of redisOptions(option, redisHelp)) command.addOption(redisOption);
  }
  for (const further of service.options?.(option) ?? []) command.addOption(further);
  return command
    .addOption(
      option('--log-level <level>', 'least level that is printed', 'LOG_LEVEL')
        .choices(LEVELS)
        .default('info'),
    )
    .addHelpText(
      'after',
      `${redisHelp === undefined ? '' : redisNotes(`${prefix}_REDIS`)}${service.notes ?? ''}
Prints one JSON line "ready" with its addresses once it serves, unless --log-level is above info; SIGTERM drains and ends it.

Example:
  $ npx paymesh ${service.name} --config policies --listen ${service.listen} --admin ${service.admin}`,
    )
    .action(async (given: Flags) => {
      // Replicas on one machine: nobody asked for the default port, so nobody shall fail because of it.
      const orAnyFree = command.getOptionValueSource('admin') === 'default';
      const options = { ...given, admin: { ...given.admin, orAnyFree } };
      service.check?.(options);
      const isMissing = options.config !== undefined && !existsSync(options.config);
      if (isMissing && service.startsWithoutFolder?.(options) !== true) {
        throw new CommandError(
          `--config names ${options.config}, which does not exist: expected ${service.configHelp}`,
        );
      }
      const log = createLogger({ service: service.name, level: options.logLevel });
      await runService({ log, start: () => service.start(options, log) });
    });
}
