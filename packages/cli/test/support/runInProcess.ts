import { runCommandLine } from "../../src/runCommandLine.ts";
import type { Finished } from "./runOnsale.ts";

/** A stream of this process, while its output goes to a test. */
interface CapturedStream {
  text(): string;
  restore(): void;
}

let isRunning = false;

/**
 * Runs a command within this process, and returns the output and the exit code that a separate
 * process would have. The reason: a separate process needs a second to start. Tests of signals,
 * pipes and the end of a process use `runOnsale`; each file of tests runs at least one command that
 * way.
 *
 * The command gets the given variables in `process.env`, and streams that are not a terminal. The
 * command must close what it opens: mocha does not end while a connection is open.
 */
export async function runInProcess(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  if (isRunning) throw new Error("A command runs already; its output would be mixed with this one");
  isRunning = true;
  const [envBefore, codeBefore] = [{ ...process.env }, process.exitCode];
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  for (const [name, value] of Object.entries(env)) process.env[name] = value ?? "";
  process.exitCode = undefined;
  try {
    await runCommandLine(words);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.restore();
    stderr.restore();
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, envBefore);
    process.exitCode = codeBefore;
    isRunning = false;
  }
}

/** Collects what is written to the stream, which is a pipe as long as it is captured. */
function capture(stream: NodeJS.WriteStream): CapturedStream {
  const { write, isTTY, columns } = stream;
  let text = "";
  stream.write = (
    chunk: string | Uint8Array,
    encodingOrDone?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    const written = typeof encodingOrDone === "function" ? encodingOrDone : done;
    if (written !== undefined) process.nextTick(written);
    return true;
  };
  Object.assign(stream, { isTTY: false, columns: undefined });
  return {
    text: () => text,
    restore() {
      Object.assign(stream, { write, isTTY, columns });
    },
  };
}
