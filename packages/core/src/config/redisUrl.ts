import type { TlsMode } from "./tlsSettings.ts";

/*
 * REDIS_URL
 *
 *   redis://USER:PASSWORD@HOST:PORT/DB             one server; rediss:// with TLS
 *   redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DB
 *                                                  the master NAME, which the sentinels name;
 *                                                  rediss+sentinel:// with TLS
 *   redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT
 *                                                  a cluster, of which these are some nodes;
 *                                                  rediss+cluster:// with TLS
 */

export interface RedisAddress {
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Name of the master at the sentinels; undefined without sentinels. */
  readonly masterName: string | undefined;
  readonly isCluster: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  readonly usesTls: boolean;
  /** IP version: 0 for both. */
  readonly family: 0 | 4 | 6 | undefined;
}

/** The schemes; other programs write a dash for the plus. */
const SCHEME = /^redis(s?)(?:[+-](sentinel|cluster))?$/i;

const PARTS = /^([a-z+-]+):\/\/(?:(.*)@)?([^/?#@]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/is;
const HOST = /^(\[[\da-f:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/i;
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26379;
const PORT_MAX = 65_535;
const DB_MAX = 1_000_000;

/** Why a node of a cluster is refused under the URL of one server. */
export const IS_CLUSTER_NODE =
  "this server is a node of a Redis Cluster; REDIS_URL must be redis+cluster://host:port[,…]";

class RedisUrlError extends Error {}

/** @returns the parts of the URL, or what is wrong with it, in words that show no value */
export function readRedisUrl(text: string): RedisAddress | { readonly problem: string } {
  try {
    return addressOf(text);
  } catch (error) {
    if (error instanceof RedisUrlError) return { problem: error.message };
    if (error instanceof URIError) return { problem: "has a % that is not encoded as %25" };
    throw error;
  }
}

function addressOf(text: string): RedisAddress {
  if (text.includes("#")) throw new RedisUrlError("has a #; encode it as %23");
  const [, scheme = "", userInfo, hostList = "", path = "", query = ""] = PARTS.exec(text) ?? [];
  const [matched, tls, plural] = SCHEME.exec(scheme) ?? [];
  if (matched === undefined) {
    throw new RedisUrlError(
      "must be redis://, rediss://, redis+sentinel://host:port[,…]/NAME or " +
        "redis+cluster://host:port[,…]",
    );
  }
  // Text in front of the last @ that begins like an address is a path or a parameter with an @.
  const [begin = "", ...more] = userInfo?.split(/[/?]/) ?? [];
  if (more.length > 0 && HOST.test(begin)) {
    throw new RedisUrlError("has an @ behind the host; encode @, / and ? as %40, %2F and %3F");
  }
  const kind = plural?.toLowerCase() ?? "one";
  const hosts = hostList.split(",").map((host) => hostOf(host, kind === "sentinel"));
  if (hosts.length > 1 && kind === "one") {
    throw new RedisUrlError("names several servers; write redis+sentinel:// or redis+cluster://");
  }
  const [masterName, dbText = ""] = kind === "sentinel" ? path.split("/") : [undefined, path];
  if (kind === "sentinel" && !masterName) {
    throw new RedisUrlError("lacks the name of the master: redis+sentinel://host:port[,…]/NAME");
  }
  const db = dbOf(dbText);
  if (kind === "cluster" && db !== 0) throw new RedisUrlError("a cluster has only the database 0");
  return {
    ...{ hosts, db, usesTls: tls !== "", isCluster: kind === "cluster" },
    masterName: masterName === undefined ? undefined : decodeURIComponent(masterName),
    ...credentialsOf(userInfo),
    family: familyOf(query),
  };
}

function hostOf(text: string, isSentinel: boolean): { host: string; port: number } {
  const [, host, port] = HOST.exec(text.trim()) ?? [];
  if (host === undefined) throw new RedisUrlError("has a host that is not host:port");
  const number = Number(port ?? (isSentinel ? SENTINEL_PORT : REDIS_PORT));
  if (number < 1 || number > PORT_MAX) throw new RedisUrlError("has a port beyond 65535");
  return { host: host.replace(/^\[|\]$/g, ""), port: number };
}

function credentialsOf(text: string | undefined) {
  const colon = text?.indexOf(":") ?? -1;
  const username = colon < 0 ? text : text?.slice(0, colon);
  const password = colon < 0 ? undefined : text?.slice(colon + 1);
  return { username: decoded(username), password: decoded(password) };
}

const decoded = (text: string | undefined): string | undefined =>
  text ? decodeURIComponent(text) : undefined;

function dbOf(text: string): number {
  if (!/^\d{0,7}$/.test(text) || Number(text) > DB_MAX) {
    throw new RedisUrlError("has a database that is not a number");
  }
  return Number(text);
}

function familyOf(query: string): RedisAddress["family"] {
  const parameters = new URLSearchParams(query);
  const { family, ...others } = Object.fromEntries(parameters);
  if (parameters.getAll("family").length > 1) throw new RedisUrlError("has family twice");
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const shown = /^[\w-]{1,30}$/.test(unknown) ? unknown : "with an unusual name";
    throw new RedisUrlError(
      `the parameter ${shown} is no parameter that Onsale knows; rediss:// asks for TLS`,
    );
  }
  if (family === undefined) return undefined;
  if (family === "0" || family === "4" || family === "6") {
    return family === "0" ? 0 : family === "4" ? 4 : 6;
  }
  throw new RedisUrlError("the parameter family must be 0, 4 or 6");
}

/** The mode of TLS by the scheme of the URL. `redis://` leaves the choice to the settings. */
export const tlsOfRedisUrl = ({ usesTls }: RedisAddress): TlsMode | undefined =>
  usesTls ? "verify-full" : undefined;
