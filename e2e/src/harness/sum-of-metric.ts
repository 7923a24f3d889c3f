/** The sum of a program's counter over all series that have these labels; 0 when there is none yet. */
export async function sumOfMetric(
  url: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
