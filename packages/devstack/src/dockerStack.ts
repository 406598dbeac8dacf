import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerCommand, ContainerEngine } from "./containerEngine.ts";
import {
  type ContainerPlan,
  containerFlavour,
  containerPlan,
  MYSQL_IMAGES,
} from "./containerPlans.ts";
import { DevstackError, messageOf } from "./devstackError.ts";
import { engineAnswers } from "./enginePing.ts";
import type { OpenStack } from "./openStack.ts";
import { answers, serverKinds } from "./serverKinds.ts";
import type { ServerName } from "./types.ts";

/**
 * Time limit of a start. The first start initialises MySQL's data, which takes a minute on a slow
 * disk. The download of an image comes before and has no limit.
 */
const READY_MAX_MS = 180_000;
const POLL_MS = 100;

/** The sources that DEVSTACK_SOURCE may name. */
const SOURCES = ["docker", "private"] as const;

/**
 * Returns true when a container engine answers and DEVSTACK_SOURCE does not exclude it.
 * @throws DevstackError when DEVSTACK_SOURCE asks for containers and no engine answers
 */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const source = env.DEVSTACK_SOURCE?.trim() || undefined;
  if (source !== undefined && !SOURCES.some((known) => known === source)) {
    throw new DevstackError(`DEVSTACK_SOURCE is ${source}; it may be ${SOURCES.join(" or ")}`);
  }
  if (source === "private") return false;
  const missing = hasTestcontainers()
    ? "no container engine answers; start Docker, set DOCKER_HOST,"
    : "testcontainers is not installed; install it";
  if (hasTestcontainers() && (await engineAnswers(env))) return true;
  if (source === undefined) return false;
  throw new DevstackError(`DEVSTACK_SOURCE is docker, but ${missing} or leave DEVSTACK_SOURCE out`);
}

/** The image of the product leaves this optional dependency out, because it starts no servers. */
function hasTestcontainers(): boolean {
  try {
    import.meta.resolve("testcontainers");
    return true;
  } catch {
    return false;
  }
}

/** Time limit to reach an engine that was not asked before, such as one behind SSH. */
const OPEN_MAX_MS = 30_000;

/** @throws DevstackError when no engine can be used */
async function openEngine(): Promise<ContainerEngine> {
  const { openContainerEngine } = await import("./containerEngine.ts");
  const opened = new AbortController();
  const late = sleep(OPEN_MAX_MS, undefined, { signal: opened.signal }).then(() => {
    throw new Error(`no answer within ${OPEN_MAX_MS / 1000} s`);
  });
  try {
    return await Promise.race([openContainerEngine(), late]);
  } catch (error) {
    throw new DevstackError(`${NO_ENGINE} (${messageOf(error)})`);
  } finally {
    late.catch(() => undefined);
    opened.abort();
  }
}

const NO_ENGINE =
  "No container engine can be used; start Docker, correct DOCKER_HOST, or set " +
  "DEVSTACK_SOURCE=private for programs of this machine";

/** Returns the project of a stack folder. Two checkouts must not share containers. */
export function projectNameOf(stackDir: string): string {
  return `onsale-${createHash("sha256").update(stackDir).digest("hex").slice(0, 10)}`;
}

function planOf({ state }: OpenStack, name: ServerName): ContainerPlan {
  const publishedPort = String(state.ports[name]);
  return containerPlan(name, { publishedPort, mysql: state.mysqlFlavour });
}

/** Does something with the container of a server. Does nothing when there is no container. */
export async function commandContainer(
  stack: OpenStack,
  name: ServerName,
  command: ContainerCommand,
): Promise<void> {
  const engine = await openEngine();
  try {
    await engine.command(projectNameOf(stack.stackDir), name, command, planOf(stack, name));
  } catch (error) {
    throw new DevstackError(`Cannot ${command} the container of ${name}: ${messageOf(error)}`);
  }
}

/** Removes the data of all containers of the stack. The containers are removed before. */
export async function removeVolumes({ stackDir }: OpenStack): Promise<void> {
  const engine = await openEngine();
  const volumes = [...Object.values(MYSQL_IMAGES).map(({ volume }) => volume), "kafka-data"];
  await Promise.all(volumes.map((volume) => engine.removeVolume(projectNameOf(stackDir), volume)));
}

/** Starts the server's container and waits until it answers on its published port. */
export async function startContainer(stack: OpenStack, name: ServerName): Promise<void> {
  const startedAt = performance.now();
  // Before the record: without an engine there is no container that a later command could stop.
  const engine = await openEngine();
  const { ports, mysqlFlavour } = stack.state;
  const url = serverKinds[name].urlAt(ports);
  const flavour = containerFlavour(name, mysqlFlavour);
  const record = { source: "docker", flavour, url } as const;
  stack.state.servers[name] = record;
  stack.save();
  const project = projectNameOf(stack.stackDir);
  const plan = planOf(stack, name);
  stack.onProgress(`${name}: starting a container of ${plan.image}; the first start downloads it`);
  try {
    await engine.start(project, name, plan, ports[name]);
  } catch (error) {
    throw new DevstackError(`The container of ${name} (${plan.image}): ${messageOf(error)}`);
  }
  const runningAt = performance.now();
  while (!(await answers(name, url))) {
    if (performance.now() - runningAt > READY_MAX_MS) {
      throw new DevstackError(
        `${name} in its container does not answer at ${url}; see docker logs ${project}-${name}-1`,
      );
    }
    await sleep(POLL_MS);
  }
  const startedInMs = Math.round(performance.now() - startedAt);
  stack.state.servers[name] = { ...record, startedInMs };
  stack.save();
}
