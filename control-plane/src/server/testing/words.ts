import type { NodeSnapshot, Resource } from '../../snapshot/index.ts';
import { nodeSnapshot } from './resources.ts';
import { driveSotw, plain, type SeenResponse } from './sotw-client.ts';

/** `c:a=1 e:a=1 l:x=1 r:x=1`: a snapshot in one line. */
export function snapshot(text: string): NodeSnapshot {
  const types = { c: 'cluster', e: 'endpoint', l: 'listener', r: 'route' } as const;
  const resources = text
    .split(' ')
    .filter((part) => part !== '')
    .map((part): Resource => {
      const [, letter, name = '', content = ''] = /^([celr]):(\w+)=(\w+)$/.exec(part) ?? [];
      return plain(types[letter as keyof typeof types], name, content);
    });
  return nodeSnapshot('edge', resources);
}

/** Responses as `cluster[a=1 b=1]`. */
export function brief(responses: readonly SeenResponse[]): readonly string[] {
  return responses.map(({ type, resources }) => `${type}[${resources.join(' ')}]`);
}

/** The one response there must be. */
export function only(responses: readonly SeenResponse[]): SeenResponse {
  const [first] = responses;
  if (first === undefined || responses.length > 1) throw new Error(`not one: ${brief(responses).join()}`);
  return first;
}

/** A client that has all of a state with cluster X, ready for changes. */
export function connected(before: NodeSnapshot) {
  const driver = driveSotw(before);
  const names = { endpoint: [...before.resources.endpoint.keys()], route: ['gateway'] };
  const ack = (response: SeenResponse, more: readonly string[] = []) =>
    driver.request(response.type, {
      nonce: response.nonce,
      version: response.version,
      ...(response.type === 'endpoint' ? { names: [...names.endpoint, ...more] } : {}),
      ...(response.type === 'route' ? { names: names.route } : {}),
    });
  ack(only(driver.request('cluster')));
  ack(only(driver.request('endpoint', { names: names.endpoint })));
  ack(only(driver.request('listener')));
  ack(only(driver.request('route', { names: names.route })));
  return { driver, ack };
}
