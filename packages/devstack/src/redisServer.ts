import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DevstackError } from "./devstackError.ts";
import { findProgram, outputOf } from "./findProgram.ts";
import { SETUP } from "./folders.ts";
import type { LaunchContext, PreparedServer, ServerKind } from "./serverKind.ts";
import type { StackPorts } from "./stackState.ts";
import type { SecureListeners } from "./types.ts";

export const redisServer: ServerKind = { prepare, ping, urlAt };

function urlAt(ports: StackPorts): string {
  return `redis://127.0.0.1:${ports.redis}/0`;
}

async function ping(url: string, timeoutMs: number): Promise<void> {
  await withRedis(url, timeoutMs, (redis) => redis.ping());
}

/** Deletes every key of every database. */
export async function flushRedis(url: string, timeoutMs: number): Promise<void> {
  await withRedis(url, timeoutMs, (redis) => redis.flushall());
}

async function withRedis(
  url: string,
  timeoutMs: number,
  use: (redis: import("ioredis").Redis) => Promise<unknown>,
): Promise<void> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disconnectTimeout: 50,
    retryStrategy: () => null,
  });
  // The calls below reject with the error. This listener prevents ioredis from printing it too.
  redis.on("error", () => undefined);
  // One time limit covers handshake and command, because a frozen server still accepts connections.
  const bound = setTimeout(() => redis.disconnect(), timeoutMs);
  try {
    await redis.connect();
    await use(redis);
  } finally {
    clearTimeout(bound);
    redis.disconnect();
  }
}

async function prepare(context: LaunchContext): Promise<PreparedServer> {
  const program = findProgram(["redis-server"], context.env);
  if (program === undefined) {
    throw new DevstackError(
      `redis-server is not installed; ${SETUP}, start Docker or set REDIS_URL`,
    );
  }
  const { secure, serverDir, ports } = context;
  mkdirSync(serverDir, { recursive: true });
  const banner = await outputOf(program, ["--version"], { timeoutMs: 10_000 });
  const version = /v=(\S+)/.exec(banner)?.[1] ?? "of unknown version";
  const port = ["--port", String(ports.redis), "--bind", "127.0.0.1"];
  // Disables persistence, because tests need a Redis that is empty after a restart.
  const memoryOnly = ["--save", "", "--appendonly", "no"];
  const tls = secure === undefined ? [] : tlsArguments(secure);
  return {
    flavour: `Redis ${version}`,
    url: urlAt(ports),
    launch: {
      command: program,
      args: [...port, ...tls, "--dir", serverDir, ...memoryOnly, "--daemonize", "no"],
      cwd: serverDir,
      logFile: join(serverDir, "server.log"),
    },
  };
}

function tlsArguments({ folder, redisPort }: SecureListeners): string[] {
  const file = (name: string): string => join(folder, name);
  return [
    ...["--tls-port", String(redisPort), "--tls-auth-clients", "optional"],
    ...["--tls-ca-cert-file", file("ca-cert.pem"), "--tls-cert-file", file("server-cert.pem")],
    ...["--tls-key-file", file("server-key.pem")],
  ];
}
