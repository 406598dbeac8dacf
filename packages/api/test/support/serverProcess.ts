import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const readyLine = z.object({
  event: z.literal("ready"),
  stack: z.enum(["servers", "embedded"]),
  durable: z.boolean(),
  url: z.string(),
  port: z.number(),
});

/** A server in a separate process. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** The line that the process wrote to standard output when it was ready. */
  readonly ready: z.infer<typeof readyLine>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the first log line that contains the text. */
  logged(text: string): Promise<string>;
  /** Resolves with the exit code when the process has ended. */
  readonly exited: Promise<number | null>;
  /** Everything that the process has written to standard error. */
  log(): string;
  /** Ends the reader of standard error; the next write of the process fails. */
  closeLog(): void;
}

/**
 * Starts the server as operators do, and waits for its ready line.
 * @param stderr an open file that gets the log; by default, the log is read
 */
export async function startServerProcess(
  role: string,
  env: Readonly<Record<string, string>>,
  stderr: number | "pipe" = "pipe",
): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, role], {
    env: {
      ...{ PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      ...env,
    },
    stdio: ["ignore", "pipe", stderr],
  });
  const lines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  const log = child.stderr ?? Readable.from([]);
  createInterface({ input: log }).on("line", (line) => {
    lines.push(line);
    for (const watcher of watchers) watcher(line);
  });
  const exited = once(child, "exit").then(() => child.exitCode);
  if (child.stdout === null) throw new Error("standard output is not read");
  const ready = await firstLine(child.stdout, exited, lines);
  return {
    url: ready.url,
    port: ready.port,
    ready,
    signal: (name) => child.kill(name),
    logged: (text) =>
      new Promise((resolve) => {
        const seen = lines.find((line) => line.includes(text));
        if (seen !== undefined) resolve(seen);
        watchers.add((line) => {
          if (line.includes(text)) resolve(line);
        });
      }),
    exited,
    log: () => lines.join("\n"),
    closeLog: () => log.destroy(),
  };
}

async function firstLine(
  stdout: Readable,
  exited: Promise<number | null>,
  lines: readonly string[],
): Promise<z.infer<typeof readyLine>> {
  const reader = createInterface({ input: stdout });
  const first = once(reader, "line").then(([line]) => readyLine.parse(JSON.parse(String(line))));
  const failed = exited.then((code) => {
    throw new Error(`the server ended with ${code} before it was ready:\n${lines.join("\n")}`);
  });
  return await Promise.race([first, failed]);
}
