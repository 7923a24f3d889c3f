import type { Command } from 'commander';

import type { CommandContext } from '../context.ts';

type LoadCommand = (context: CommandContext) => Promise<Command>;

/** Every command by name, in the order of the help. */
const LOADERS: Readonly<Record<string, LoadCommand>> = {
  up: async (context) => (await import('./up.ts')).upCommand(context),
  validate: async (context) => (await import('./validate.ts')).validateCommand(context),
  effective: async () => (await import('./effective.ts')).effectiveCommand(),
  sign: async (context) => (await import('./sign.ts')).signCommand(context),
  verify: async (context) => (await import('./verify.ts')).verifyCommand(context),
  authz: async (context) => (await import('./authz.ts')).authzCommand(context),
  limits: async (context) => (await import('./limits.ts')).limitsCommand(context),
  proxy: async () => (await import('./proxy.ts')).proxyCommand(),
  tap: async (context) => (await import('./tap.ts')).tapCommand(context),
  bootstrap: async () => (await import('./bootstrap.ts')).bootstrapCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  envoy: async (context) => (await import('./envoy.ts')).envoyCommand(context),
  render: async (context) => (await import('./render.ts')).renderCommand(context),
  helm: async (context) => (await import('./helm.ts')).helmCommand(context),
  dashboards: async () => (await import('./dashboards.ts')).dashboardsCommand(),
  'control-plane': async (context) => (await import('./services.ts')).controlPlaneCommand(context),
  'ext-authz': async (context) => (await import('./services.ts')).extAuthzCommand(context),
  'rate-limiter': async (context) => (await import('./services.ts')).rateLimiterCommand(context),
  audit: async () => (await import('./audit.ts')).auditCommand(),
};

/**
 * The command of that name, alone: what the others import would take a service tens of megabytes as long as it runs. All
 * of them where none has that name, for the help and for who mistyped one.
 */
export async function loadCommands(
  name: string | undefined,
  context: CommandContext,
): Promise<readonly Command[]> {
  const named = name !== undefined && Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  const commands: Command[] = [];
  for (const load of named === undefined ? Object.values(LOADERS) : [named])
    commands.push(await load(context));
  return commands;
}
