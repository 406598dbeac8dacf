import { createHash } from "node:crypto";
import { join } from "node:path";
import { DevstackError, messageOf } from "./devstackError.ts";
import { findProgram, outputOf } from "./findProgram.ts";
import type { OpenStack } from "./openStack.ts";
import { serverKinds } from "./serverKinds.ts";
import type { ServerName } from "./types.ts";

const ANSWER_MAX_MS = 2_000;
/** The first start pulls images. */
const COMPOSE_MAX_MS = 600_000;
const repositoryRoot = join(import.meta.dirname, "..", "..", "..");

const flavours = {
  mysql: "MySQL 8.4 (container)",
  redis: "Redis 7.4 (container)",
  kafka: "Apache Kafka (KRaft, container)",
} as const satisfies Record<ServerName, string>;

/** Whether a Docker engine with compose answers, and DEVSTACK_SOURCE=private does not forbid it. */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (env.DEVSTACK_SOURCE === "private") return false;
  const docker = findProgram(["docker"], env);
  if (docker === undefined) return false;
  try {
    const options = { timeoutMs: ANSWER_MAX_MS, env };
    await outputOf(docker, ["info"], options);
    await outputOf(docker, ["compose", "version"], options);
    return true;
  } catch {
    return false;
  }
}

/** One compose project per stack folder, so that two checkouts do not share containers. */
export function projectNameOf(stackDir: string): string {
  return `onsale-${createHash("sha256").update(stackDir).digest("hex").slice(0, 10)}`;
}

/** Runs one compose command for one server, with this stack's project and ports. */
export async function compose(
  stack: OpenStack,
  name: ServerName,
  command: readonly string[],
): Promise<void> {
  const { ports } = stack.state;
  const docker = findProgram(["docker"], stack.env);
  if (docker === undefined) throw new DevstackError("The docker command is gone");
  const file = join(repositoryRoot, "docker-compose.yml");
  const project = ["compose", "-p", projectNameOf(stack.stackDir), "-f", file];
  const env = {
    ...stack.env,
    ONSALE_MYSQL_PORT: String(ports.mysql),
    ONSALE_REDIS_PORT: String(ports.redis),
    ONSALE_KAFKA_PORT: String(ports.kafka),
  };
  try {
    await outputOf(docker, [...project, ...command, name], { timeoutMs: COMPOSE_MAX_MS, env });
  } catch (error) {
    throw new DevstackError(`docker compose ${command.join(" ")} ${name}: ${messageOf(error)}`);
  }
}

/** Starts the server's container and waits until it is healthy. */
export async function startContainer(stack: OpenStack, name: ServerName): Promise<void> {
  const startedAt = performance.now();
  const url = serverKinds[name].urlAt(stack.state.ports);
  stack.state.servers[name] = { source: "docker", flavour: flavours[name], url };
  stack.save();
  await compose(stack, name, ["up", "-d", "--wait"]);
  const startedInMs = Math.round(performance.now() - startedAt);
  stack.state.servers[name] = { source: "docker", flavour: flavours[name], url, startedInMs };
  stack.save();
}
