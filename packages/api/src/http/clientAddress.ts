import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";

/** The address of a client, and the network that its limits count. */
export interface ClientAddress {
  readonly address: string;
  /** The address itself for IPv4. A client of IPv6 has a whole /64, so its limits count that. */
  readonly network: string;
}

/** A customer of an internet provider gets at least this prefix (RFC 6177). */
const CLIENT_PREFIX = 64;

/** An entry with a port, as some proxies write it: "192.0.2.7:4711", "[2001:db8::7]:4711". */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

/**
 * Returns the address of a client.
 * @param peer the other end of the connection
 * @param forwarded the entry of X-Forwarded-For that the trusted proxy wrote; undefined without a
 *   proxy. A text that is no address is ignored: the limits of its client are those of the proxy
 */
export function clientAddress(peer: string | undefined, forwarded?: string): ClientAddress {
  return (forwarded && parsed(forwarded)) || (peer && parsed(peer)) || UNKNOWN;
}

/** How many addresses a process remembers, because clients send many requests. */
const REMEMBERED_MAX = 5_000;

/** Longer than every address. Longer texts are not remembered: they would fill the memory. */
const TEXT_LENGTH_MAX = 64;

/** Returns `clientAddress` with a memory, because to read a text takes longer than to find it. */
export function rememberedAddresses(): typeof clientAddress {
  const remembered = new LRUCache<string, ClientAddress>({ max: REMEMBERED_MAX });
  return (peer = "", forwarded) => {
    if (peer.length + (forwarded?.length ?? 0) > TEXT_LENGTH_MAX) {
      return clientAddress(peer, forwarded);
    }
    const text = forwarded === undefined ? peer : `${peer} ${forwarded}`;
    const known = remembered.get(text);
    if (known) return known;
    const address = clientAddress(peer, forwarded);
    remembered.set(text, address);
    return address;
  };
}

/** A connection that ended before its request was read has no address. */
const UNKNOWN: ClientAddress = { address: "", network: "" };

function parsed(entry: string): ClientAddress | undefined {
  const text = entry.trim();
  const [, bracketed, withPort] = WITH_PORT.exec(text) ?? [];
  // The zone of an IPv6 address is a network interface of this machine.
  const [candidate = ""] = (bracketed ?? withPort ?? text).split("%");
  // The library also accepts spellings such as 0x7f.1.
  if (isIP(candidate) === 0) return undefined;
  // An IPv4 client of a socket for both families has an IPv6 address that contains its own.
  const known = ipaddr.process(candidate);
  const address = known.toString();
  if (known.kind() === "ipv4") return { address, network: address };
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${known.toString()}/${CLIENT_PREFIX}`);
  return { address, network: `${network.toString()}/${CLIENT_PREFIX}` };
}
