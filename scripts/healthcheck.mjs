// Asks URLs and ends with 0 when each answers as it should: for probes of images that have neither shell nor curl.
//   node healthcheck.mjs [STATUS=]URL ...     STATUS is 200 where none is given
const TIMEOUT_MS = 3_000;

const wrong = await Promise.all(process.argv.slice(2).map(ask));
for (const sentence of wrong.filter(Boolean)) console.error(sentence);
process.exit(process.argv.length > 2 && wrong.every((sentence) => sentence === undefined) ? 0 : 1);

/** What is wrong, or undefined. */
async function ask(argument) {
  const [, status = '200', url] = /^(?:(\d{3})=)?(.*)$/.exec(argument);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status === Number(status) ? undefined : `${url} answered ${answer.status}, not ${status}`;
  } catch (error) {
    return `${url} did not answer: ${error.cause?.message ?? error.message}`;
  }
}
