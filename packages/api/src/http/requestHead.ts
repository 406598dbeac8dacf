import { isIPv6 } from "node:net";

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
/** uri-host [ ":" port ] of RFC 9110, section 7.2; the host is an IPv6 address or a name. */
const AUTHORITY = /^(?:\[([^\]]*)\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::(\d*))?$/i;
const PORT_MAX = 65_535;
const HOST_NAME = /^host$/i;

/**
 * Reads a request target (RFC 9112, section 3.2) that Node's parser let pass.
 * @returns the path and the query of the target; `*` for `OPTIONS *`; undefined when the target is
 *   malformed
 */
export function originForm(method: string, target: string): string | undefined {
  if (target.startsWith("/")) return target;
  if (target === "*") return method === "OPTIONS" ? target : undefined;
  const [, authority = "", rest = ""] = ABSOLUTE.exec(target) ?? [];
  if (authority === "" || !isAuthority(authority)) return undefined;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/**
 * Finds the error in the Host header of a request (RFC 9112, section 3.2). A client of
 * HTTP/1.0 may leave the header out.
 * @param rawHeaders names and values alternately, because Node joins repeated headers
 * @returns a sentence for the client; undefined when the header is correct
 */
export function hostFault(httpVersion: string, rawHeaders: readonly string[]): string | undefined {
  let host: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!HOST_NAME.test(rawHeaders[at] ?? "")) continue;
    if (host !== undefined) return "The request has more than one Host header; send one";
    host = rawHeaders[at + 1];
  }
  if (host === undefined) {
    return httpVersion === "1.1"
      ? "An HTTP/1.1 request must have a Host header; add one"
      : undefined;
  }
  return isAuthority(host) ? undefined : "The Host header must be a host name, or name:port";
}

function isAuthority(text: string): boolean {
  const [found, ipv6, port = ""] = AUTHORITY.exec(text) ?? [];
  if (found === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return false;
  return Number(port) <= PORT_MAX;
}
