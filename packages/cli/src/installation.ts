import type { ServersConfig } from "@onsale/core";
import type { ServerEnvironment } from "./stackEnvironment.ts";

/** The servers that a command talks to, without secrets. */
export interface Installation {
  /** "environment", "profile NAME" or "devstack". */
  readonly from: string;
  /** Host, port and database. */
  readonly mysql: string;
  readonly redis: string;
  readonly kafka: string;
}

/** @returns the installation of a configuration, for people and for `--json` */
export function installationOf(
  { mysql, redis, kafka }: ServersConfig,
  { source, profile }: Pick<ServerEnvironment, "source" | "profile">,
): Installation {
  return {
    from: profile === undefined ? source : `profile ${profile}`,
    mysql: placeOf(mysql.url),
    redis: placeOf(redis.url),
    kafka: kafka.brokers.join(",") || "none",
  };
}

/** One line that says which installation a command talks to. */
export function installationText({ from, mysql, redis, kafka }: Installation): string {
  return `Installation (${from}): MySQL ${mysql}, Redis ${redis}, Kafka ${kafka}`;
}

/**
 * The next step when a server of the installation does not answer.
 * @param server its name, when it is known
 */
export function unreachableNext({ mysql, redis, kafka }: Installation, server?: unknown): string {
  const places = new Map([
    ["mysql", `MySQL at ${mysql}`],
    ["redis", `Redis at ${redis}`],
    ["kafka", `Kafka at ${kafka}`],
  ]);
  const place = typeof server === "string" ? places.get(server) : undefined;
  const which = place ?? [...places.values()].join(", ");
  return `Look why it does not answer: ${which}. \`onsale doctor\` shows every server.`;
}

/** Hosts and path of a URL, which may name several hosts. */
function placeOf(text: string): string {
  const place = /^[a-z+-]+:\/\/(?:[^/?#]*@)?([^?#]*)/i.exec(text)?.[1] ?? "?";
  return place.replace(/\/$/, "");
}
