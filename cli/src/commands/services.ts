import { existsSync } from 'node:fs';

import type { AdminAddress } from '@paymesh/common/admin';
import { parseHostPort } from '@paymesh/common/config';
import { type Running, runService } from '@paymesh/common/lifecycle';
import { createLogger, type Logger, type LogLevel } from '@paymesh/common/log';
import { Command, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { CommandError } from '../output/index.ts';
import { hostPort, redisUrl } from './arguments.ts';

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

interface ServiceOptions {
  readonly config: string;
  readonly listen: ReturnType<typeof parseHostPort>;
  readonly admin: AdminAddress;
  readonly redis?: string;
  readonly logLevel: LogLevel;
}

/** `paymesh control-plane`: compiles policies and serves them to Envoys over ADS. */
export function controlPlaneCommand({ env }: CommandContext): Command {
  return serviceCommand({
    name: 'control-plane',
    description: 'Watch a folder of policies and serve what they mean to Envoys over ADS.',
    configHelp: 'folder of policy files; an edit reaches the proxies at once, a broken one reaches none',
    listen: '127.0.0.1:18000',
    admin: '127.0.0.1:18001',
    env,
    start: async ({ config, listen, admin }, log) => {
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
    start: async ({ config, listen, admin, redis }, log) => {
      const { startExtAuthz } = await import('@paymesh/ext-authz');
      return startExtAuthz({
        configDir: config,
        listen,
        admin,
        log,
        ...(redis === undefined ? {} : { redisUrl: redis }),
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
    listen: '127.0.0.1:18020',
    admin: '127.0.0.1:18021',
    redisHelp: 'share counters among replicas, such as redis://127.0.0.1:6379; default: kept in this process',
    env,
    start: async ({ config, listen, admin, redis }, log) => {
      const { startRateLimiter } = await import('@paymesh/rate-limiter');
      return startRateLimiter({
        configDir: config,
        listen,
        admin,
        log,
        ...(redis === undefined ? {} : { redisUrl: redis }),
      });
    },
  });
}

interface ServiceCommand {
  readonly name: string;
  readonly description: string;
  readonly configHelp: string;
  readonly listen: string;
  readonly admin: string;
  readonly redisHelp?: string;
  /** Further lines of the help: what a caller must know. */
  readonly notes?: string;
  readonly env: CommandContext['env'];
  readonly start: (options: ServiceOptions, log: Logger) => Promise<Running>;
}

function serviceCommand(service: ServiceCommand): Command {
  const prefix = `PAYMESH_${service.name.toUpperCase().replace('-', '_')}`;
  const option = (flags: string, help: string, variable: string): Option =>
    new Option(flags, help).env(`${prefix}_${variable}`);
  const command = new Command(service.name)
    .description(service.description)
    .addOption(option('--config <dir>', service.configHelp, 'CONFIG').makeOptionMandatory())
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
  if (service.redisHelp !== undefined)
    command.addOption(option('--redis <url>', service.redisHelp, 'REDIS').argParser(redisUrl));
  return command
    .addOption(
      option('--log-level <level>', 'least level that is printed', 'LOG_LEVEL')
        .choices(LEVELS)
        .default('info'),
    )
    .addHelpText(
      'after',
      `${service.notes ?? ''}
Prints one JSON line "ready" with its addresses once it serves; SIGTERM drains and ends it.

Example:
  $ npx paymesh ${service.name} --config policies --listen ${service.listen} --admin ${service.admin}`,
    )
    .action(async (given: ServiceOptions) => {
      // Replicas on one machine: nobody asked for the default port, so nobody shall fail because of it.
      const orAnyFree = command.getOptionValueSource('admin') === 'default';
      const options = { ...given, admin: { ...given.admin, orAnyFree } };
      if (!existsSync(options.config)) {
        throw new CommandError(
          `--config names ${options.config}, which does not exist: expected ${service.configHelp}`,
        );
      }
      const log = createLogger({ service: service.name, level: options.logLevel });
      await runService({ log, start: () => service.start(options, log) });
    });
}
