import { hostname } from 'node:os';

import type { HostPort } from '@paymesh/common/config';
import { isLimiterName } from '@paymesh/common/policy-set';
import { InvalidArgumentError, type Option } from 'commander';

import { CommandError, EXIT } from '../output/index.ts';
import { hostPort, type MakeOption } from './arguments.ts';

/** Where the rate limiter has its rules from. */
export interface RuleSourceFlags {
  readonly config?: string;
  readonly controlPlane?: HostPort;
  readonly node?: string;
}

/** What a caller must know of where policies come from. */
export const CONTROL_PLANE_NOTES = `
Policies come from a folder (--config), or from a control plane (--control-plane), which checks them, shows in
"paymesh proxy status" what this limiter runs or refuses, and serves it nothing else. Both: the policies from the control plane,
and files of envoyproxy/ratelimit from the folder. Name a --last-good file, so that a start does not need the control plane.
`;

/** Options of a control plane that has the policies. */
export function controlPlaneOptions(option: MakeOption): readonly Option[] {
  return [
    option(
      '--control-plane <host:port>',
      'have the policies from this control plane (its --listen), in place of a folder or besides',
      'CONTROL_PLANE',
    ).argParser(hostPort),
    option(
      '--node <name>',
      'name of this limiter at the control plane: rate-limiter/NAME (default: name of the host)',
      'NODE',
    ).argParser(limiterName),
  ];
}

function limiterName(text: string): string {
  if (isLimiterName(text)) return text;
  throw new InvalidArgumentError('expected 1 to 100 letters, digits, ".", "_" and "-", such as limiter-1');
}

/** The control plane that has the policies, and by what name this limiter asks it. */
export function controlPlaneOf({ controlPlane, node }: RuleSourceFlags) {
  if (controlPlane === undefined) return undefined;
  const host = hostname();
  return { server: controlPlane, name: node ?? (isLimiterName(host) ? host : 'unnamed') };
}

/** Throws where limits come from nowhere. */
export function checkRuleSources({ config, controlPlane }: RuleSourceFlags): void {
  if (config !== undefined || controlPlane !== undefined) return;
  throw new CommandError(
    'where do the limits come from? Name a folder with --config DIR, a control plane with --control-plane HOST:PORT, or both',
    EXIT.usage,
  );
}
