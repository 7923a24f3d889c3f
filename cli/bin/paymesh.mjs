#!/usr/bin/env node
import { endWithParent } from './end-with-parent.mjs';

const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`paymesh needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}`);
  process.exit(1);
}
// A mesh ends with the terminal, npm or npx that started it; a single service may be left alone.
if (process.argv[2] === 'up') endWithParent(() => process.kill(process.pid, 'SIGTERM'));
const main = new URL('../dist/main.js', import.meta.url);
try {
  await import(main.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('cli/dist/main.js'))
    throw error;
  console.error('paymesh is not built yet: run "npm run setup" in the repository first');
  process.exit(1);
}
