import type { ContainerCommand } from "./containerEngine.ts";
import { DevstackError } from "./devstackError.ts";
import { commandContainer, startContainer } from "./dockerStack.ts";
import { SETUP_KAFKA } from "./folders.ts";
import { MOCK_FLAVOUR } from "./kafkaMock.ts";
import { type OpenStack, openStack } from "./openStack.ts";
import { resumePrivate, runningProcess, startPrivate, stopPrivate } from "./privateControl.ts";
import { killServer, type LaunchedProcess, signalServer } from "./privateServer.ts";
import { flushRedis } from "./redisServer.ts";
import { PING_MAX_MS } from "./serverKinds.ts";
import { environmentUrl, urlVariableOf } from "./serverSource.ts";
import { withStackLock } from "./stackLock.ts";
import { stackDirOf } from "./stackState.ts";
import type { FaultAction, ServerName, StackOptions } from "./types.ts";

/**
 * Causes a fault of one server of the stack, or ends a fault. The caller must hold the stack's
 * lock.
 */
export async function applyFault(
  stack: OpenStack,
  name: ServerName,
  action: FaultAction,
): Promise<void> {
  if (environmentUrl(name, stack.env) !== undefined) {
    throw new DevstackError(
      `Cannot ${action} ${name}: the devstack did not start it. Unset ${urlVariableOf(name)} ` +
        "to let the devstack run its own server",
    );
  }
  const record = stack.state.servers[name];
  if (record === undefined)
    throw new DevstackError(`${name} is not started; run \`onsale stack up\` first`);
  if (action === "flush") {
    if (name !== "redis") throw new DevstackError(`flush is for redis only, not for ${name}`);
    await flushRedis(record.url, PING_MAX_MS);
  } else if (record.source === "docker") {
    await faultContainer(stack, name, action);
  } else {
    await faultProcess(stack, name, action);
  }
}

/**
 * Like `applyFault`, for a process that did not start the stack.
 * @throws DevstackError when the server does not run, or when the stack did not start it
 */
export async function stackFault(
  name: ServerName,
  action: FaultAction,
  options: StackOptions = {},
): Promise<void> {
  await withStackLock(stackDirOf(options), async () =>
    applyFault(await openStack(options), name, action),
  );
}

type ProcessAction = Exclude<FaultAction, "flush">;

const containerCommands = {
  kill: "kill",
  pause: "pause",
  resume: "unpause",
  stop: "stop",
} as const satisfies Partial<Record<ProcessAction, ContainerCommand>>;

async function faultContainer(
  stack: OpenStack,
  name: ServerName,
  action: ProcessAction,
): Promise<void> {
  if (action === "start" || action === "restart") {
    if (action === "restart") await commandContainer(stack, name, "stop");
    await startContainer(stack, name);
  } else {
    await commandContainer(stack, name, containerCommands[action]);
  }
}

async function faultProcess(
  stack: OpenStack,
  name: ServerName,
  action: ProcessAction,
): Promise<void> {
  const launched = runningProcess(stack.state.servers[name]);
  switch (action) {
    case "kill":
      await killServer(required(launched, name, action));
      return;
    case "pause":
      signalServer(required(launched, name, action), "SIGSTOP");
      return;
    case "resume":
      await resumePrivate(stack, name, required(launched, name, action));
      return;
    case "stop":
      await stopPrivate(stack, name);
      return;
    case "start":
      if (launched === undefined) await startAgain(stack, name);
      return;
    case "restart":
      await startAgain(stack, name);
      return;
    default:
      action satisfies never;
  }
}

function required(
  launched: LaunchedProcess | undefined,
  name: ServerName,
  action: FaultAction,
): LaunchedProcess {
  if (launched === undefined) throw new DevstackError(`Cannot ${action} ${name}: it does not run`);
  return launched;
}

async function startAgain(stack: OpenStack, name: ServerName): Promise<void> {
  if (stack.state.servers[name]?.flavour === MOCK_FLAVOUR) {
    throw new DevstackError(
      "The in-memory mock broker cannot restart with its port and data; run `onsale stack down` " +
        `and \`onsale stack up\`. To have Apache Kafka, ${SETUP_KAFKA}`,
    );
  }
  await stopPrivate(stack, name);
  await startPrivate(stack, name, true);
}
