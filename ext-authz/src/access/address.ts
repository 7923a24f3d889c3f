const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const GROUPS = 8;
const BITS_PER_BYTE = 8;
/** `::ffff:0:0/96`: an IPv4 address on a socket that takes both. */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** The bytes of an IP address; undefined for anything else. An IPv4 address in IPv6 is the IPv4 address. */
export function parseAddress(text: string): Buffer | undefined {
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  return bytes?.subarray(0, MAPPED.length).equals(MAPPED) ? bytes.subarray(MAPPED.length) : bytes;
}

/** True when the first `prefix` bits of both are the same; of two kinds of addresses they never are. */
export function isWithin(address: Buffer, range: Buffer, prefix: number): boolean {
  if (address.length !== range.length) return false;
  const whole = Math.floor(prefix / BITS_PER_BYTE);
  if (!address.subarray(0, whole).equals(range.subarray(0, whole))) return false;
  const shift = BITS_PER_BYTE - (prefix % BITS_PER_BYTE);
  return shift === BITS_PER_BYTE || (address[whole] ?? 0) >> shift === (range[whole] ?? 0) >> shift;
}

function parseIpv4(text: string): Buffer | undefined {
  const parts = text.split('.');
  if (parts.length !== IPV4_BYTES || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part)))
    return undefined;
  const numbers = parts.map(Number);
  return numbers.every((part) => part <= 255) ? Buffer.from(numbers) : undefined;
}

function parseIpv6(text: string): Buffer | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = parseGroups(head, tail === undefined);
  const right = parseGroups(tail ?? '', true);
  if (left === undefined || right === undefined) return undefined;
  const missing = GROUPS - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const bytes = Buffer.alloc(IPV6_BYTES);
  for (const [index, group] of [...left, ...Array<number>(missing).fill(0), ...right].entries())
    bytes.writeUInt16BE(group, index * 2);
  return bytes;
}

/** 16-bit groups; the last of an address may be an IPv4 address, which is two. */
function parseGroups(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) {
      groups.push(ipv4.readUInt16BE(0), ipv4.readUInt16BE(2));
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}
