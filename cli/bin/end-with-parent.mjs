// Notices that whoever started this process is gone, SIGKILL included.
import { readFileSync } from 'node:fs';

const CHECK_MS = 250;

/** Calls `onGone` once when the parent is gone, or the npm behind the shell in which npm runs its scripts. */
export function endWithParent(onGone) {
  const before = ancestors();
  const check = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(check);
    onGone();
  }, CHECK_MS);
  check.unref();
}

function ancestors() {
  const parent = process.ppid;
  return process.env.npm_lifecycle_event === undefined ? `${parent}` : `${parent} ${parentOfShell(parent)}`;
}

/** The parent of a process that is a shell; empty for another program, and where there is no /proc. */
function parentOfShell(pid) {
  try {
    const [, name, , parent] =
      /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return /^(?:ba|da|k|z)?sh$/.test(name ?? '') ? parent : '';
  } catch {
    return ''; // No such process or no /proc: the pid of the parent alone has to do.
  }
}
