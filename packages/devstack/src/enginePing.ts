import { existsSync } from "node:fs";
import { get } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { DevstackError } from "./devstackError.ts";

/** Time limits of the two questions to an engine. */
export interface EngineLimits {
  readonly pingMs: number;
  readonly infoMs: number;
}

/**
 * An idle engine answers a ping in milliseconds, and describes itself within a second or two. A
 * frozen one never answers, and a half frozen one answers the ping only.
 */
const LIMITS: EngineLimits = { pingMs: 2_000, infoMs: 10_000 };

type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * Asks the container engine of the environment, or those that listen at the usual sockets. The
 * client of testcontainers takes a fifth of a second to load, and waits for a frozen engine for
 * ever.
 * @throws DevstackError when DOCKER_HOST is no address
 */
export async function engineAnswers(
  env: NodeJS.ProcessEnv,
  limits: EngineLimits = LIMITS,
): Promise<boolean> {
  const host = env.DOCKER_HOST?.trim();
  if (host) {
    requireAddress(host);
    const address = addressOf(host);
    // An engine behind SSH or TLS cannot be asked so simply.
    return address === undefined || isUsable(address, limits);
  }
  const sockets = [
    "/var/run/docker.sock",
    join(homedir(), ".docker", "run", "docker.sock"),
    join(homedir(), ".docker", "desktop", "docker.sock"),
    join(env.XDG_RUNTIME_DIR ?? "/run", "docker.sock"),
  ];
  const existing = sockets.filter((path) => existsSync(path));
  const usable = existing.map((socketPath) => isUsable({ socketPath }, limits));
  return (await Promise.all(usable)).includes(true);
}

const PATH_PROTOCOLS = ["unix:", "npipe:"];
const HOST_PROTOCOLS = ["tcp:", "http:", "https:", "ssh:"];

/**
 * A URL without a known protocol would make testcontainers look for another engine. Without a host
 * or a path, programs at usual ports of this machine would be asked.
 */
function requireAddress(host: string): void {
  const { protocol, hostname, pathname } = URL.canParse(host) ? new URL(host) : NO_URL;
  if (PATH_PROTOCOLS.includes(protocol) && pathname !== "") return;
  if (HOST_PROTOCOLS.includes(protocol) && hostname !== "") return;
  throw new DevstackError(
    "DOCKER_HOST is no address of an engine; set one such as unix:///var/run/docker.sock or " +
      "tcp://127.0.0.1:2375, or unset it",
  );
}

const NO_URL = { protocol: "", hostname: "", pathname: "" };

/** Reads DOCKER_HOST. Returns undefined for a protocol that needs more than an address. */
export function addressOf(host: string): Address | undefined {
  if (!URL.canParse(host)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === "unix:") return { socketPath: pathname };
  if (protocol !== "tcp:" && protocol !== "http:") return undefined;
  // A URL has an IPv6 address in brackets, and a connection has none.
  const name = hostname.replaceAll(/[[\]]/g, "");
  return port === "2376" ? undefined : { host: name, port: Number(port || "2375") };
}

/** testcontainers asks for the description first, without a time limit. */
async function isUsable(address: Address, { pingMs, infoMs }: EngineLimits): Promise<boolean> {
  return (await answersAt(address, "/_ping", pingMs)) && answersAt(address, "/info", infoMs);
}

function answersAt(address: Address, path: string, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ...address, path, agent: false, signal: AbortSignal.timeout(limitMs) };
    const request = get(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200));
      response.on("error", () => resolve(false));
    });
    request.on("error", () => resolve(false));
  });
}
