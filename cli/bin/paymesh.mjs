#!/usr/bin/env node
const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`paymesh needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}`);
  process.exit(1);
}
const main = new URL('../dist/main.js', import.meta.url);
try {
  await import(main.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('cli/dist/main.js'))
    throw error;
  console.error('paymesh is not built yet: run "npm run setup" in the repository first');
  process.exit(1);
}
