import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "undici";

export interface ChildOptions {
  /** For messages: "API process 1". */
  readonly name: string;
  /** The TypeScript or JavaScript file that node runs. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Flags for Node itself, such as --cpu-prof. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** Where its output goes, appended to. */
  readonly logFile: string;
  /** Answers 200 once the process can serve. */
  readonly readyUrl: string;
}

/** A process of ours, known by its pid and by nothing else. */
export interface Child {
  readonly pid: number;
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL for one that stays; resolves once it is gone. */
  stop(): Promise<void>;
}

/** A cold start compiles all modules on a busy machine; longer means that it never will. */
const READY_MAX_MS = 30_000;
const READY_EVERY_MS = 50;
/** Longer than the drain that the processes allow themselves. */
const STOP_MAX_MS = 15_000;
const LOG_TAIL_CHARS = 1500;

/**
 * Starts a node process and waits until it is ready.
 * @throws Error with the end of its log when it ends first, is not ready in time, or `signal`
 *   aborts
 */
export async function startChild(options: ChildOptions, signal: AbortSignal): Promise<Child> {
  const output = openSync(options.logFile, "a");
  const running = spawn(process.execPath, [...(options.nodeArgs ?? []), options.entry], {
    env: options.env,
    // A group of its own: Ctrl-C reaches this process alone, which stops its children in order.
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const gone = new Promise<void>((resolve) => {
    running.once("exit", () => resolve());
    running.once("error", () => resolve());
  });
  const killOnExit = () => running.kill("SIGKILL");
  process.once("exit", killOnExit);
  void gone.then(() => process.off("exit", killOnExit));
  const child = childOf(running, gone);
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

function childOf(running: ChildProcess, gone: Promise<void>): Child {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (running.exitCode === null && running.signalCode === null) running.kill(signal);
    await gone;
  };
  return {
    pid: running.pid ?? 0,
    gone,
    kill: () => end("SIGKILL"),
    async stop() {
      const force = setTimeout(() => running.kill("SIGKILL"), STOP_MAX_MS);
      await end("SIGTERM");
      clearTimeout(force);
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
