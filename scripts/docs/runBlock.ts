import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type ConsoleBlock, missingLine } from "./consoleBlocks.ts";

/** The longest of the long blocks, the whole test command, takes a third of this. */
const BLOCK_SECONDS_MAX = 1800;
/** Between the signal that ends a block and SIGKILL; servers drain meanwhile. */
const END_SECONDS_MAX = 30;
/** `onsale serve` and a process of the API print one of these when they listen. */
const LISTENS = /listens at|"event":"ready"/;
/** The commands of a block share one shell; without pnpm on the PATH, npx brings the pinned one. */
const PRELUDE = `set -euo pipefail
command -v pnpm >/dev/null || pnpm() { npx -y pnpm@12.21.0 "$@"; }
`;

/** A stack of its own: `stack down` in a document must not end the reader's. */
export const DEVSTACK_NAME = "docs";

interface Running {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  /** All text so far, of standard output and standard error. */
  printed(): string;
}

/** @returns why the block failed, or undefined when it did what its page says */
export async function runBlock(block: ConsoleBlock, rootDir: string): Promise<string | undefined> {
  const { mode, commands, output } = block;
  const script = commands.join("\n");
  if (mode.kind === "no") return undefined;
  if (mode.kind === "serves") return serveUntil(start(script, rootDir), output);
  if (mode.kind === "run") return runToEnd(start(script, rootDir), output, mode.exitCode);
  const server = start(mode.command, rootDir);
  try {
    const isReady = await printedBefore(server, (text) => LISTENS.test(text));
    if (!isReady) return `"${mode.command}" ended before it listened:\n${server.printed()}`;
    return await runToEnd(start(script, rootDir), output, 0);
  } finally {
    await end(server);
  }
}

function start(script: string, rootDir: string): Running {
  const limits = ["-k", String(END_SECONDS_MAX), String(BLOCK_SECONDS_MAX)];
  const child = spawn("timeout", [...limits, "bash", "-c", PRELUDE + script], {
    cwd: rootDir,
    env: { ...process.env, NO_COLOR: "1", DEVSTACK_NAME },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  return { child, closed: once(child, "close"), printed: () => text };
}

async function runToEnd(
  running: Running,
  output: readonly string[],
  exitCode: number,
): Promise<string | undefined> {
  await running.closed;
  const { exitCode: code } = running.child;
  const printed = running.printed();
  if (code !== exitCode) return `exit code ${code} instead of ${exitCode}; it printed:\n${printed}`;
  const missing = missingLine(output, printed);
  return missing === undefined ? undefined : `did not print\n${missing}\nbut\n${printed}`;
}

async function serveUntil(
  running: Running,
  output: readonly string[],
): Promise<string | undefined> {
  const isComplete = await printedBefore(
    running,
    (text) => missingLine(output, text) === undefined,
  );
  await end(running);
  return isComplete
    ? undefined
    : `ended before it printed all of it; it printed:\n${running.printed()}`;
}

/** @returns false when the process ended first */
async function printedBefore(
  running: Running,
  isEnough: (text: string) => boolean,
): Promise<boolean> {
  const { child, closed, printed } = running;
  const enough = new Promise<boolean>((resolve) => {
    const look = () => {
      if (isEnough(printed())) resolve(true);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
  });
  return Promise.race([enough, closed.then(() => isEnough(printed()))]);
}

/** Ends the process as Ctrl-C does; `timeout` passes the signal on, and SIGKILL after a while. */
async function end({ child, closed }: Running): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, "SIGINT");
  }
  await closed;
}
