import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseFreePorts } from "@onsale/devstack";
import { Redis } from "ioredis";
import { eventually } from "./privateRedis.ts";

/** A process of redis-server with settings of its own: a replica, a sentinel, a cluster's node. */
export interface RedisProcess {
  readonly port: number;
  call(command: string, ...args: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts redis-server, and waits until it answers. */
export async function startRedisProcess(
  settings: readonly string[],
  args: readonly string[] = [],
  password?: string,
): Promise<RedisProcess> {
  const folder = mkdtempSync(join(tmpdir(), "onsale-redis-"));
  const [port = 0] = await chooseFreePorts(folder, 1);
  const file = join(folder, "redis.conf");
  const own = [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`];
  writeFileSync(file, `${[...own, ...settings].join("\n")}\n`);
  const child = spawn("redis-server", [file, ...args], { stdio: "ignore" });
  const login = password === undefined ? {} : { password };
  const client = new Redis({ port, host: "127.0.0.1", maxRetriesPerRequest: null, ...login });
  client.on("error", () => undefined);
  await eventually(async () => (await client.ping()) === "PONG");
  return {
    port,
    call: (command, ...rest) => client.call(command, ...rest),
    async stop() {
      client.disconnect();
      if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
