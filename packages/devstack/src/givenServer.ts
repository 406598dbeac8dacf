import { connect } from "node:net";
import { PING_MAX_MS } from "./serverKinds.ts";
import type { ServerName } from "./types.ts";

const DEFAULT_PORTS = { mysql: 3306, redis: 6379, kafka: 9092 } as const;
const SENTINEL_PORT = 26_379;
const SENTINELS = /^rediss?[+-]sentinel:/i;

/**
 * Returns true when a server that the environment names accepts a connection. The devstack does not
 * log in there: only the product reads the settings of its passwords, TLS and sentinels.
 */
export async function givenServerAccepts(name: ServerName, url: string): Promise<boolean> {
  const accepted = addressesOf(name, url).map(({ host, port }) => accepts(host, port));
  return Promise.any(accepted).then(
    () => true,
    () => false,
  );
}

/** The hosts of a URL or of a list of brokers. */
export function addressesOf(name: ServerName, url: string): { host: string; port: number }[] {
  const hosts = /^(?:[a-z+-]+:\/\/)?(?:[^/?#]*@)?([^/?#]*)/i.exec(url.trim())?.[1] ?? "";
  const defaultPort = SENTINELS.test(url.trim()) ? SENTINEL_PORT : DEFAULT_PORTS[name];
  return hosts.split(",").map((text) => {
    const [, host = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(text.trim()) ?? [];
    return { host, port: Number(port ?? defaultPort) };
  });
}

function accepts(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: PING_MAX_MS });
    const end = (settle: () => void) => () => {
      socket.destroy();
      settle();
    };
    socket.once("connect", end(resolve));
    socket.once("timeout", end(reject));
    socket.once("error", end(reject));
  });
}
