import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The conformance suite of github.com/summerwind/h2spec. */
const VERSION = 'v2.2.1';
const BUILD_MS = 240_000;
/** It has no go.mod of its own; these are versions that any Go since 1.19 builds. */
const GO_MOD = `module h2spec-build
go 1.19
require (
	github.com/fatih/color v1.13.0
	github.com/spf13/cobra v1.7.0
	github.com/summerwind/h2spec ${VERSION}+incompatible
	golang.org/x/net v0.17.0
)
`;

/** Its path in the user's cache, where it is built with Go on first use. Undefined without Go; with CI=true that is an error. */
export function findH2spec(env: NodeJS.ProcessEnv): string | undefined {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  const path = join(cache, 'paymesh', 'h2spec', VERSION, 'h2spec');
  if (existsSync(path)) return path;
  if (spawnSync('go', ['version']).status !== 0) {
    if (env['CI'] === 'true') throw new Error('CI=true and no go on PATH: .ci/run installs it');
    return undefined;
  }
  build(path, env);
  return path;
}

function build(path: string, env: NodeJS.ProcessEnv): void {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-h2spec-'));
  try {
    writeFileSync(join(folder, 'go.mod'), GO_MOD);
    const { status, stderr } = spawnSync(
      'go',
      ['build', '-mod=mod', '-o', path, 'github.com/summerwind/h2spec/cmd/h2spec'],
      { cwd: folder, env, encoding: 'utf8', timeout: BUILD_MS },
    );
    if (status !== 0) throw new Error(`h2spec cannot be built: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
