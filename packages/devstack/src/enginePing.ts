import { existsSync } from "node:fs";
import { get } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

/** An idle engine answers a ping in milliseconds; a frozen one never answers. */
const PING_MAX_MS = 2_000;

type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * Pings the container engine of the environment, or those that listen at the usual sockets. The
 * client of testcontainers takes a fifth of a second to load, and waits for a frozen engine for
 * ever.
 */
export async function engineAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const host = env.DOCKER_HOST?.trim();
  if (host) {
    const address = addressOf(host);
    // An engine behind SSH or TLS cannot be pinged so simply.
    return address === undefined || ping(address);
  }
  const sockets = [
    "/var/run/docker.sock",
    join(homedir(), ".docker", "run", "docker.sock"),
    join(homedir(), ".docker", "desktop", "docker.sock"),
    join(env.XDG_RUNTIME_DIR ?? "/run", "docker.sock"),
  ];
  const existing = sockets.filter((path) => existsSync(path));
  return (await Promise.all(existing.map((socketPath) => ping({ socketPath })))).includes(true);
}

/** Reads DOCKER_HOST. Returns undefined for a protocol that needs more than an address. */
export function addressOf(host: string): Address | undefined {
  if (!URL.canParse(host)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === "unix:") return { socketPath: pathname };
  if (protocol !== "tcp:" && protocol !== "http:") return undefined;
  return port === "2376" ? undefined : { host: hostname, port: Number(port || "2375") };
}

function ping(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ...address, path: "/_ping", agent: false, timeout: PING_MAX_MS };
    const request = get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", () => resolve(false));
  });
}
