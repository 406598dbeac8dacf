import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "undici";

export interface ChildOptions {
  /** The name for messages: "API process 1". */
  readonly name: string;
  /** The TypeScript or JavaScript file that node runs. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Flags for Node itself, such as --cpu-prof. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** The file for the process's output. The output is appended. */
  readonly logFile: string;
  /** A URL that answers 200 as soon as the process is ready to serve. */
  readonly readyUrl: string;
  /** Time limit of a stop, ms; by default enough for the default settings of the product. */
  readonly stopMaxMs?: number;
}

/** A child process that this program started. */
export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended, for any reason. */
  readonly gone: Promise<void>;
  /** Freezes the process, or lets it go on. A process that has ended stays as it is. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Sends SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>;
  /**
   * Sends SIGTERM, and SIGKILL if the process does not end in time. Resolves when the process has
   * ended.
   * @returns false when it was killed, or ended by itself with another exit code than 0
   */
  stop(): Promise<boolean>;
}

/**
 * Time limit for a process to become ready. A cold start on a busy machine compiles all modules and
 * still needs less.
 */
const READY_MAX_MS = 30_000;
const READY_EVERY_MS = 50;
/** Time limit of a stop: longer than SHUTDOWN_MS and the time to close the connections. */
const STOP_MAX_MS = 15_000;
const LOG_TAIL_CHARS = 1500;
const END_WITH_PARENT = new URL("./endWithParent.ts", import.meta.url).href;

/**
 * Starts a node process and waits until it is ready.
 * @throws Error when the process ends early or is not ready in time, or when `signal` aborts. The
 *   message has the end of the log
 */
export async function startChild(options: ChildOptions, signal: AbortSignal): Promise<Child> {
  const output = openSync(options.logFile, "a");
  const nodeArgs = ["--import", END_WITH_PARENT, ...(options.nodeArgs ?? [])];
  const running = spawn(process.execPath, [...nodeArgs, options.entry], {
    env: options.env,
    // The child gets its own process group. Ctrl-C then reaches only this process, which stops its
    // children cleanly.
    detached: true,
    // The channel closes when this process ends in any way; endWithParent.ts then ends the child.
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  const gone = new Promise<void>((resolve) => {
    running.once("exit", () => resolve());
    running.once("error", () => resolve());
  });
  const killOnExit = () => running.kill("SIGKILL");
  process.once("exit", killOnExit);
  void gone.then(() => process.off("exit", killOnExit));
  const child = childOf(running, gone, options.stopMaxMs ?? STOP_MAX_MS);
  try {
    await readyOf(options, running, signal);
    return child;
  } catch (error) {
    await child.kill();
    signal.throwIfAborted();
    const log = await readFile(options.logFile, "utf8").catch(() => "");
    throw new Error(`${options.name} did not start; its log ends with:\n${tail(log)}`, {
      cause: error,
    });
  }
}

/** Waits for processes that start side by side. Kills the started ones when one does not start. */
export async function allOrNone(starting: readonly Promise<Child>[]): Promise<Child[]> {
  const settled = await Promise.allSettled(starting);
  const started = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return started;
  await Promise.all(started.map((child) => child.kill()));
  throw failed.reason;
}

function childOf(running: ChildProcess, gone: Promise<void>, stopMaxMs: number): Child {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (running.exitCode === null && running.signalCode === null) running.kill(signal);
    await gone;
  };
  return {
    pid: running.pid ?? 0,
    gone,
    signal: (name) => void running.kill(name),
    kill: () => end("SIGKILL"),
    async stop() {
      const force = setTimeout(() => running.kill("SIGKILL"), stopMaxMs);
      await end("SIGTERM");
      clearTimeout(force);
      return running.exitCode === 0;
    },
  };
}

async function readyOf(
  options: ChildOptions,
  running: ChildProcess,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + READY_MAX_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (running.exitCode !== null || running.signalCode !== null || running.pid === undefined) {
      throw new Error("it ended");
    }
    if (await answersOk(options.readyUrl)) return;
    await new Promise((resolve) => setTimeout(resolve, READY_EVERY_MS));
  }
  throw new Error(`it was not ready within ${READY_MAX_MS} ms`);
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await request(url, { headersTimeout: 2000, bodyTimeout: 2000 });
    await response.body.dump();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

function tail(log: string): string {
  return log.length > LOG_TAIL_CHARS ? `…${log.slice(-LOG_TAIL_CHARS)}` : log;
}
