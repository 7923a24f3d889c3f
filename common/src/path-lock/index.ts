export { lockPath, type PathLock } from './path-lock.ts';
