import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DevstackError, messageOf } from "./devstackError.ts";
import { isSameProcess, type ProcessIdentity, processIdentity } from "./processIdentity.ts";

/**
 * Time limit of a start. A loaded machine needs up to 20 s to start a JVM; a server that needs
 * three times as long hangs.
 */
const READY_MAX_MS = 60_000;
/**
 * Time limit of a stop: enough to flush a buffer pool. A kill after it is safe, because the data is
 * durable.
 */
const STOP_MAX_MS = 15_000;
const POLL_MS = 25;
const LOG_TAIL_LINES = 12;

export interface LaunchSpec {
  command: string;
  args: readonly string[];
  /** Working directory of the server, to which core dumps are also written. */
  cwd: string;
  logFile: string;
  env?: NodeJS.ProcessEnv;
}

export interface LaunchedProcess {
  pid: number;
  identity: ProcessIdentity;
}

/**
 * Starts a server that keeps running after this command. The server appends its output to the log
 * file.
 * @throws DevstackError when the program cannot be executed
 */
export async function launchServer(spec: LaunchSpec): Promise<LaunchedProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, "a");
  try {
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      detached: true,
      stdio: ["ignore", log, log],
      ...(spec.env === undefined ? {} : { env: spec.env }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (child.pid === undefined || identity === undefined) {
      throw new DevstackError(`${spec.command} ended immediately; ${logTail(spec.logFile)}`);
    }
    return { pid: child.pid, identity };
  } catch (error) {
    if (error instanceof DevstackError) throw error;
    throw new DevstackError(`Cannot run ${spec.command}: ${messageOf(error)}`);
  } finally {
    closeSync(log);
  }
}

/**
 * Waits until the server answers.
 * @returns the elapsed time in milliseconds
 * @throws DevstackError with the end of the log when the server exits or does not answer in time
 */
export async function waitUntilReady(
  launched: LaunchedProcess,
  ping: () => Promise<void>,
  what: string,
  logFile: string,
): Promise<number> {
  const startedAt = performance.now();
  let lastError: unknown;
  while (performance.now() - startedAt < READY_MAX_MS) {
    if (!isSameProcess(launched.pid, launched.identity)) {
      throw new DevstackError(`${what} ended before its first answer; ${logTail(logFile)}`);
    }
    try {
      await ping();
      return Math.round(performance.now() - startedAt);
    } catch (error) {
      lastError = error;
      await sleep(POLL_MS);
    }
  }
  const reason = messageOf(lastError);
  throw new DevstackError(
    `${what} did not answer in ${READY_MAX_MS / 1000} s (${reason}); ${logTail(logFile)}`,
  );
}

/**
 * Sends a signal to this process, never to another process with a reused pid. Returns false when
 * the process has ended.
 */
export function signalServer(launched: LaunchedProcess, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(launched.pid, launched.identity)) return false;
  try {
    process.kill(launched.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Stops a server with SIGTERM and resumes it if it is paused. Kills the server after a time limit.
 */
export async function stopServer(launched: LaunchedProcess): Promise<void> {
  if (!signalServer(launched, "SIGTERM")) return;
  signalServer(launched, "SIGCONT");
  if (await waitUntilEnded(launched, STOP_MAX_MS)) return;
  await killServer(launched);
}

/** Kills a server and waits until its process has ended. */
export async function killServer(launched: LaunchedProcess): Promise<void> {
  if (!signalServer(launched, "SIGKILL")) return;
  if (!(await waitUntilEnded(launched, STOP_MAX_MS))) {
    throw new DevstackError(`Process ${launched.pid} still runs after SIGKILL; inspect it with ps`);
  }
}

async function waitUntilEnded(launched: LaunchedProcess, maxMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (isSameProcess(launched.pid, launched.identity)) {
    if (performance.now() - startedAt > maxMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function logTail(logFile: string): string {
  try {
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-LOG_TAIL_LINES);
    return `its log (${logFile}) ends:\n${lines.map((line) => `  | ${line}`).join("\n")}`;
  } catch {
    return `it left no log (${logFile})`;
  }
}
