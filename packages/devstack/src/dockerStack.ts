import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DevstackError, messageOf } from "./devstackError.ts";
import { findProgram, outputOf } from "./findProgram.ts";
import { COMPOSE_FILE } from "./folders.ts";
import type { OpenStack } from "./openStack.ts";
import { answers, serverKinds } from "./serverKinds.ts";
import type { MysqlFlavour, ServerName } from "./types.ts";

const ANSWER_MAX_MS = 2_000;
/**
 * Time limit of the check. The plugin only prints its version, but a slow plugin must not count as
 * missing.
 */
const PLUGIN_MAX_MS = 10_000;
/** Time limit of a compose command, long because the first start downloads images. */
const COMPOSE_MAX_MS = 600_000;
/**
 * Time limit of a start. The first start initialises MySQL's data, which takes a minute on a slow
 * disk.
 */
const READY_MAX_MS = 180_000;
const POLL_MS = 100;

const flavours = {
  redis: "Redis 7.4 (container)",
  kafka: "Apache Kafka 4.3.0 (KRaft, container)",
} as const satisfies Record<Exclude<ServerName, "mysql">, string>;

/**
 * Each version has its own volume, because a server cannot start on the data of a newer version.
 */
const mysqlImages = {
  default: { flavour: "MySQL 8.4 (container)", image: "mysql:8.4", volume: "mysql-data" },
  mariadb: {
    flavour: "MariaDB 10.11 (container)",
    image: "mariadb:10.11",
    volume: "mariadb-data",
  },
  "9": { flavour: "MySQL 9.7 (container)", image: "mysql:9.7", volume: "mysql-9-data" },
} as const satisfies Record<
  MysqlFlavour | "default",
  { flavour: string; image: string; volume: string }
>;

/** Finds the compose plugin of docker, or the separate docker-compose of older systems. */
async function findCompose(env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  const docker = findProgram(["docker"], env);
  if (docker !== undefined) {
    try {
      await outputOf(docker, ["compose", "version"], { timeoutMs: PLUGIN_MAX_MS, env });
      return [docker, "compose"];
    } catch {
      // `docker compose version` fails when the compose plugin is not installed.
    }
  }
  // docker-compose is not executed here: it is a Python program that needs seconds to start.
  const standalone = findProgram(["docker-compose"], env);
  return standalone === undefined ? undefined : [standalone];
}

/**
 * Returns true when a Docker engine with compose answers and DEVSTACK_SOURCE does not exclude
 * Docker.
 */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (env.DEVSTACK_SOURCE === "private") return false;
  const docker = findProgram(["docker"], env);
  if (docker === undefined) return false;
  try {
    await outputOf(docker, ["info"], { timeoutMs: ANSWER_MAX_MS, env });
    return (await findCompose(env)) !== undefined;
  } catch {
    return false;
  }
}

/** Returns the compose project of a stack folder. Two checkouts must not share containers. */
export function projectNameOf(stackDir: string): string {
  return `onsale-${createHash("sha256").update(stackDir).digest("hex").slice(0, 10)}`;
}

/**
 * Runs a compose command with this stack's project and ports. Commands run one at a time, in order.
 * @throws DevstackError with the output of compose
 */
export function compose(stack: OpenStack, command: readonly string[]): Promise<void> {
  const run = stack.lastCompose.then(() => runCompose(stack, command));
  // Ignored here, because the caller handles the failure and the next command must run anyway.
  stack.lastCompose = run.catch(() => undefined);
  return run;
}

async function runCompose(stack: OpenStack, command: readonly string[]): Promise<void> {
  const found = await findCompose(stack.env);
  if (found === undefined) throw new DevstackError("docker compose was removed; install it again");
  const [program = "", ...args] = found;
  const { ports } = stack.state;
  const mysql = mysqlImages[stack.state.mysqlFlavour ?? "default"];
  const project = ["-p", projectNameOf(stack.stackDir), "-f", COMPOSE_FILE];
  const env = {
    ...stack.env,
    ONSALE_MYSQL_PORT: String(ports.mysql),
    ONSALE_MYSQL_IMAGE: mysql.image,
    ONSALE_MYSQL_VOLUME: mysql.volume,
    ONSALE_REDIS_PORT: String(ports.redis),
    ONSALE_KAFKA_PORT: String(ports.kafka),
  };
  try {
    const options = { timeoutMs: COMPOSE_MAX_MS, env };
    await outputOf(program, [...args, ...project, ...command], options);
  } catch (error) {
    throw new DevstackError(`docker compose ${command.join(" ")}: ${messageOf(error)}`);
  }
}

/** Starts the server's container and waits until it answers on its published port. */
export async function startContainer(stack: OpenStack, name: ServerName): Promise<void> {
  const startedAt = performance.now();
  const url = serverKinds[name].urlAt(stack.state.ports);
  const mysql = mysqlImages[stack.state.mysqlFlavour ?? "default"];
  const flavour = name === "mysql" ? mysql.flavour : flavours[name];
  const record = { source: "docker", flavour, url } as const;
  stack.state.servers[name] = record;
  stack.save();
  await compose(stack, ["up", "-d", name]);
  while (!(await answers(name, url))) {
    if (performance.now() - startedAt > READY_MAX_MS) {
      const look = `docker logs of project ${projectNameOf(stack.stackDir)}`;
      throw new DevstackError(`${name} in its container does not answer at ${url}; see ${look}`);
    }
    await sleep(POLL_MS);
  }
  const startedInMs = Math.round(performance.now() - startedAt);
  stack.state.servers[name] = { ...record, startedInMs };
  stack.save();
}
