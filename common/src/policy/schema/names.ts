import { parseHostPort } from '../../config/index.ts';
import { parseSelector } from '../names/selector.ts';
import type { Cidr, Kind, Selector, ServiceRef } from '../types.ts';
import { markReference, type ReadContext, type Reader } from './reader.ts';
import { format, integer, text } from './scalars.ts';
import { didYouMean } from './suggest.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LABEL_PATTERN = new RegExp(`^${LABEL}$`);
const REF_PATTERN = new RegExp(`^(?:(${LABEL})/)?(${LABEL})$`);
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}(?<!\.)$/;
const IPV6 = /^(?=.*:)[0-9a-fA-F:.]{2,45}$/;

/** A name that is a DNS label (RFC 1123): it becomes part of host names, clusters and node ids. */
export const name: Reader<string> = text('a name of 1 to 63 lower-case letters, digits and "-"', {
  code: 'PM2101',
  pattern: LABEL_PATTERN,
});

/** `NAME`, in the namespace of the document, or `NAMESPACE/NAME`. */
export const serviceRef: Reader<ServiceRef> = ref(
  'Service',
  'the name of a Service: NAME or NAMESPACE/NAME',
  '',
);

/** `keyset/NAME`, in the namespace of the document. */
export const keySetRef: Reader<ServiceRef> = ref('KeySet', 'a KeySet: keyset/NAME', 'keyset/');

function ref(kind: Kind, expected: string, prefix: string): Reader<ServiceRef> {
  const raw = format({
    code: 'PM2109',
    expected,
    parse: (typed) => {
      const match = typed.startsWith(prefix) ? REF_PATTERN.exec(typed.slice(prefix.length)) : null;
      return match?.[2] === undefined ? undefined : { namespace: match[1], name: match[2] };
    },
  });
  return {
    expected,
    read: (place, context: ReadContext) => {
      const typed = raw.read(place, context);
      if (typed === undefined) return undefined;
      const to = { namespace: typed.namespace ?? context.namespace, name: typed.name };
      markReference(place, { kind, to }, context);
      return to;
    },
  };
}

/** Where a value is taken from a request. */
export const selector: Reader<Selector> = format({
  code: 'PM2110',
  expected: 'header(NAME), principal or remoteAddress',
  parse: parseSelector,
  hint: (typed) => didYouMean(typed, ['principal', 'remoteAddress']),
});

/** `header(NAME)`, as the name in lower case. */
export const headerSelector: Reader<string> = format({
  code: 'PM2110',
  expected: 'header(NAME)',
  parse: (typed) => {
    const parsed = parseSelector(typed);
    return parsed?.kind === 'header' ? parsed.name : undefined;
  },
});

/** A TCP port. */
export const port: Reader<number> = integer({ min: 1, max: 65_535 });

/** An IP address, or a host name that each proxy looks up. */
export const hostAddress: Reader<string> = format({
  code: 'PM2108',
  expected: 'an IP address such as 127.0.0.1, or a host name',
  parse: (typed) => (isHost(typed) ? typed : undefined),
});

/** `ADDRESS/BITS`, or one address. */
export const cidr: Reader<Cidr> = format({
  code: 'PM2108',
  expected: 'a range of addresses such as 10.0.0.0/8, or one address',
  parse: (typed) => {
    const [address = '', bits, ...more] = typed.split('/');
    const most = IPV4.test(address) ? 32 : 128;
    const prefix = bits === undefined ? most : Number(bits);
    const isGood = (most === 32 || isIpv6(address)) && (bits === undefined || /^\d{1,3}$/.test(bits));
    return isGood && more.length === 0 && prefix <= most ? { address, prefix } : undefined;
  },
});

/** The URL parser knows IPv6; the pattern keeps everything else away from it. */
function isIpv6(typed: string): boolean {
  return IPV6.test(typed) && URL.canParse(`http://[${typed}]/`);
}

/** Digits and dots are an address to Envoy, never a name. */
const HOST_NAME = /^(?=.{1,253}$)(?=.*[a-z])[a-z\d_](?:[\w.-]*[\w.])?$/i;

function isHost(host: string): boolean {
  return IPV4.test(host) || isIpv6(host) || HOST_NAME.test(host);
}

/** `HOST:PORT` with a port that others can connect to. */
export const endpoint: Reader<string> = format({
  code: 'PM2108',
  expected: 'HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000',
  parse: (typed) => {
    try {
      const { host, port: number } = parseHostPort(typed);
      return number > 0 && isHost(host) ? typed : undefined;
    } catch {
      // parseHostPort throws a sentence; here the finding says it.
      return undefined;
    }
  },
});
