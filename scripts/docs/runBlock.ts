import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type ConsoleBlock, missingLine } from "./consoleBlocks.ts";

/** Time limit of a block. The longest one, the whole test command, takes a third of it. */
const BLOCK_SECONDS_MAX = 1800;
/**
 * Time between the signal that ends a block and SIGKILL, in which servers can finish their work.
 */
const END_SECONDS_MAX = 30;
/** Matches the line that `onsale serve` or a process of the API prints when it listens. */
const LISTENS = /listens at|"event":"ready"/;
/** The start of every block's shell. Without pnpm on the PATH, npx runs the pinned version. */
const PRELUDE = `set -euo pipefail
command -v pnpm >/dev/null || pnpm() { npx -y pnpm@12.21.0 "$@"; }
`;

/**
 * The name of the stack for the blocks: `stack down` in a document must not stop the developer's
 * own servers.
 */
export const DEVSTACK_NAME = "docs";

interface Running {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  /** Returns all text so far, of standard output and standard error. */
  printed(): string;
}

/**
 * Runs a block. @returns the reason why it failed, or undefined when the output is as on the page
 */
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

/** Waits until the process has printed the text. @returns false when the process ended earlier */
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

/**
 * Ends the process with SIGINT, like Ctrl-C. The program `timeout` passes the signal on, and sends
 * SIGKILL later if needed.
 */
async function end({ child, closed }: Running): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, "SIGINT");
  }
  await closed;
}
