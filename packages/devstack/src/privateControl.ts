import assert from "node:assert/strict";
import { join } from "node:path";
import { DevstackError } from "./devstackError.ts";
import { isPortFree } from "./freePort.ts";
import type { OpenStack } from "./openStack.ts";
import {
  killServer,
  type LaunchedProcess,
  launchServer,
  signalServer,
  stopServer,
  waitUntilReady,
} from "./privateServer.ts";
import { isSameProcess } from "./processIdentity.ts";
import { answers, PING_MAX_MS, serverKinds } from "./serverKinds.ts";
import { choosePorts, type ServerRecord } from "./stackState.ts";
import type { ServerName } from "./types.ts";

/** Number of failed pings in a row after which a server is replaced. */
const ANSWER_TRIES_MAX = 4;

/** Returns the recorded process if it still runs. */
export function runningProcess(record: ServerRecord | undefined): LaunchedProcess | undefined {
  if (record?.pid === undefined || record.identity === undefined) return undefined;
  if (!isSameProcess(record.pid, record.identity)) return undefined;
  return { pid: record.pid, identity: record.identity };
}

/**
 * Returns true when the server that this stack started (by the stack's state file) runs and
 * answers. A paused server is resumed first.
 */
export async function isServing(stack: OpenStack, name: ServerName): Promise<boolean> {
  const record = stack.state.servers[name];
  const launched = runningProcess(record);
  if (record === undefined || launched === undefined) return false;
  signalServer(launched, "SIGCONT");
  for (let tries = 0; tries < ANSWER_TRIES_MAX; tries += 1) {
    if (await answers(name, record.url)) return true;
    if (runningProcess(record) === undefined) return false;
  }
  return false;
}

/**
 * Resumes a paused server and waits for its first answer. A broker that was frozen for longer than
 * its controller's session time first refuses every connection, and answers seconds later.
 * @throws DevstackError when the server ends or does not answer in time
 */
export async function resumePrivate(
  { state }: OpenStack,
  name: ServerName,
  launched: LaunchedProcess,
): Promise<void> {
  const record = state.servers[name];
  assert(record?.logFile, `${name} was started by this stack`);
  signalServer(launched, "SIGCONT");
  const ping = () => serverKinds[name].ping(record.url, PING_MAX_MS);
  await waitUntilReady(launched, ping, name, record.logFile);
}

/**
 * Starts the server as a native process with its port and data, and waits for its first answer.
 * When the port is busy, the function chooses another port; with `keepPort` it throws instead.
 */
export async function startPrivate(
  stack: OpenStack,
  name: ServerName,
  keepPort: boolean,
): Promise<void> {
  const leftOver = runningProcess(stack.state.servers[name]);
  if (leftOver !== undefined) await stopServer(leftOver);
  await reservePorts(stack, name, keepPort);
  const { env, onProgress, secure, state } = stack;
  const serverDir = join(stack.stackDir, name);
  const kind = serverKinds[name];
  const { ports, mysqlFlavour } = state;
  const prepared = await kind.prepare({
    ...{ serverDir, ports, mysqlFlavour, secure, env, onProgress },
  });
  const launched = await launchServer(prepared.launch);
  const { logFile } = prepared.launch;
  const record: ServerRecord = {
    source: "private",
    flavour: prepared.flavour,
    url: prepared.url ?? "",
    ...launched,
    logFile,
  };
  state.servers[name] = record;
  stack.save();
  try {
    if (prepared.urlAfterStart !== undefined) record.url = await prepared.urlAfterStart();
    const ping = () => kind.ping(record.url, PING_MAX_MS);
    record.startedInMs = await waitUntilReady(launched, ping, prepared.flavour, logFile);
  } catch (error) {
    await killServer(launched);
    throw error;
  }
  stack.save();
  await prepared.warmUp?.(record.url);
}

async function reservePorts(stack: OpenStack, name: ServerName, keepPort: boolean): Promise<void> {
  const { ports } = stack.state;
  const wanted = name === "kafka" ? [ports.kafka, ports.kafkaController] : [ports[name]];
  const free = await Promise.all(wanted.map(isPortFree));
  if (free.every(Boolean)) return;
  if (keepPort) {
    throw new DevstackError(
      `Port ${wanted.join(" or ")} of ${name} is busy; stop the process that uses it, ` +
        "or run `onsale stack down` and then `onsale stack up`",
    );
  }
  const others = await choosePorts(`${stack.stackDir} ${name} ${wanted.join()}`);
  ports[name] = others[name];
  if (name === "kafka") ports.kafkaController = others.kafkaController;
}

/** Stops the recorded process if it still runs, and removes the process from the record. */
export async function stopPrivate(stack: OpenStack, name: ServerName): Promise<void> {
  const record = stack.state.servers[name];
  const launched = runningProcess(record);
  if (launched !== undefined) await stopServer(launched);
  if (record !== undefined) {
    delete record.pid;
    delete record.identity;
    stack.save();
  }
}
