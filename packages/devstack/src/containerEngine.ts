import {
  type ContainerRuntimeClient,
  GenericContainer,
  getContainerRuntimeClient,
  type WaitStrategy,
} from "testcontainers";
import type { ContainerPlan } from "./containerPlans.ts";
import type { ServerName } from "./types.ts";

/*
 * Containers by testcontainers, which finds the engine (Docker, Podman, Colima, DOCKER_HOST) and
 * downloads images. A stack outlives the process that started it, and another process stops it. So
 * a container is not a resource of the process: testcontainers does not clean it up, and every
 * command finds it by its labels.
 *
 * Loading testcontainers takes a fifth of a second, so only `dockerStack.ts` loads this file, when
 * there may be an engine.
 */

/**
 * The labels of Docker Compose: tools show the containers of a stack together, and a stack that
 * was started with the compose file can be stopped.
 */
const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";

/** A command for a container that exists. */
export type ContainerCommand = "kill" | "pause" | "unpause" | "stop" | "remove";

export interface ContainerEngine {
  /** Starts the container, or a new one, and waits until its port is published. */
  start(
    project: string,
    name: ServerName,
    plan: ContainerPlan,
    publishedPort: number,
  ): Promise<void>;
  /** Does nothing when the container does not exist. */
  command(
    project: string,
    name: ServerName,
    command: ContainerCommand,
    plan: ContainerPlan,
  ): Promise<void>;
  /** Removes a volume of the project. Does nothing when it does not exist. */
  removeVolume(project: string, volume: string): Promise<void>;
}

/** @throws Error when no engine answers */
export async function openContainerEngine(): Promise<ContainerEngine> {
  const client = await getContainerRuntimeClient();
  return {
    async start(project, name, plan, publishedPort) {
      const found = await find(client, project, name);
      if (found) {
        const { State: state } = await found.inspect();
        if (state.Paused) await found.unpause();
        if (!state.Running) await found.start();
        return;
      }
      await new DevstackContainer(plan, { project, name, publishedPort }).start();
    },
    async command(project, name, command, { stopSeconds }) {
      const found = await find(client, project, name);
      if (!found) return;
      if (command === "stop") await found.stop({ t: stopSeconds });
      else if (command === "remove") await found.remove({ force: true, v: true });
      else await found[command]();
    },
    async removeVolume(project, volume) {
      const stored = client.container.dockerode.getVolume(`${project}_${volume}`);
      await stored.remove().catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
  };
}

/** An engine that freezes would be waited for without a limit. */
const FIND_MS_MAX = 10_000;

/** Finds the container of a server, also a stopped one. */
async function find({ container }: ContainerRuntimeClient, project: string, name: ServerName) {
  const label = [`${PROJECT_LABEL}=${project}`, `${SERVICE_LABEL}=${name}`];
  const abortSignal = AbortSignal.timeout(FIND_MS_MAX);
  const [found] = await container.dockerode
    .listContainers({ all: true, filters: { label }, abortSignal })
    .catch((error: unknown) => {
      if (!abortSignal.aborted) throw error;
      throw new Error(`the engine does not answer within ${FIND_MS_MAX / 1000} s`);
    });
  return found === undefined ? undefined : container.getById(found.Id);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "statusCode" in error && error.statusCode === 404;

interface ContainerPlace {
  readonly project: string;
  readonly name: ServerName;
  readonly publishedPort: number;
}

class DevstackContainer extends GenericContainer {
  constructor(plan: ContainerPlan, { project, name, publishedPort }: ContainerPlace) {
    super(plan.image);
    this.withName(`${project}-${name}-1`)
      .withLabels({ [PROJECT_LABEL]: project, [SERVICE_LABEL]: name })
      .withEnvironment(plan.environment)
      .withExposedPorts({ container: plan.port, host: publishedPort })
      .withAutoCleanup(false)
      .withWaitStrategy(STARTED);
    if (plan.command.length > 0) this.withCommand([...plan.command]);
    if (plan.volume) {
      const { name: volume, folder } = plan.volume;
      this.withBindMounts([{ source: `${project}_${volume}`, target: folder }]);
    }
    // testcontainers publishes ports on every address of the machine.
    const onLoopback = [{ HostIp: "127.0.0.1", HostPort: String(publishedPort) }];
    this.hostConfig.PortBindings = { [`${plan.port}/tcp`]: onLoopback };
  }
}

/**
 * The devstack itself waits until the server answers. When testcontainers waits in vain, it removes
 * the container together with its log.
 */
const STARTED: WaitStrategy = {
  waitUntilReady: () => Promise.resolve(),
  withStartupTimeout: () => STARTED,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => 0,
};
