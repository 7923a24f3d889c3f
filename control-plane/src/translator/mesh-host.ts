/** The host name of the service behind a cluster: `pay/orders` is called `orders.pay.mesh`. */
export function meshHost(cluster: string): string {
  return [...cluster.split('/').toReversed(), 'mesh'].join('.');
}
