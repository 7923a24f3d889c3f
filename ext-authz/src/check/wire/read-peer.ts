import { bitsOf, type WireReader } from '@paymesh/common/wire';

import type { WirePeer } from './wire-check.ts';

/** A WirePeer while it is read. */
export type PeerDraft = { -readonly [Key in keyof WirePeer]: WirePeer[Key] };

export function emptyPeer(): PeerDraft {
  return { address: '', port: 0, principal: '', certificate: '' };
}

// attribute_context.proto, Peer.
const ADDRESS = 0x0a;
const PRINCIPAL = 0x22;
const CERTIFICATE = 0x2a;
const KNOWN_OF_PEER = bitsOf(1, 4, 5);
// address.proto, Address: one of three.
const SOCKET_ADDRESS = 0x0a;
const PIPE = 0x12;
const INTERNAL = 0x1a;
const KNOWN_OF_ADDRESS = bitsOf(1, 2, 3);
// address.proto, SocketAddress.
const HOST = 0x12;
const PORT = 0x18;
const NAMED_PORT = 0x22;
const KNOWN_OF_SOCKET = bitsOf(2, 3, 4);

/** Reads a Peer; the reader stands at its length. */
export function readPeer(reader: WireReader, peer: PeerDraft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ADDRESS) readAddress(reader, peer);
    else if (tag === PRINCIPAL) peer.principal = reader.text();
    else if (tag === CERTIFICATE) peer.certificate = reader.text();
    else reader.skip(tag, KNOWN_OF_PEER);
  }
  reader.leave(outer);
}

function readAddress(reader: WireReader, peer: PeerDraft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === SOCKET_ADDRESS) {
      readSocketAddress(reader, peer);
    } else if (tag === PIPE || tag === INTERNAL) {
      // The last of the three counts, and it has neither.
      peer.address = '';
      peer.port = 0;
      reader.blob();
    } else {
      reader.skip(tag, KNOWN_OF_ADDRESS);
    }
  }
  reader.leave(outer);
}

function readSocketAddress(reader: WireReader, peer: PeerDraft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === HOST) peer.address = reader.text();
    else if (tag === PORT) peer.port = reader.uint32();
    else if (tag === NAMED_PORT) {
      peer.port = 0;
      reader.text();
    } else reader.skip(tag, KNOWN_OF_SOCKET);
  }
  reader.leave(outer);
}
