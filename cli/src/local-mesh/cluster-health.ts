/** Path of Envoy's admin port that tells how many endpoints of each cluster there are, and are healthy. */
export const CLUSTER_HEALTH_PATH = `/stats?format=json&filter=${encodeURIComponent('^cluster\\..+\\.membership_(healthy|total)$')}`;

/** True when every endpoint of every cluster in such an answer is healthy. */
export function allHealthy(body: string): boolean {
  const { stats } = JSON.parse(body) as {
    readonly stats: readonly { readonly name: string; readonly value: number }[];
  };
  const counts = new Map(stats.map(({ name, value }) => [name, value]));
  return [...counts].every(([name, value]) => {
    return name.endsWith('_healthy') || counts.get(name.replace(/_total$/, '_healthy')) === value;
  });
}
