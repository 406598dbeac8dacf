import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/onsale.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command as a child process, with its output so far. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when the text is in stdout or stderr; rejects when the command ends first. */
  said(text: string): Promise<void>;
}

/** Starts `onsale` with the given words; `env` overrides the environment of this process. */
export function startOnsale(words: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const child = spawn(process.execPath, [BIN, ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (chunk: string) => {
      written[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...written }));
  });
  return {
    child,
    finished,
    said(text) {
      const heard = new Promise<void>((resolve) => {
        const listen = () => {
          if (`${written.stdout}${written.stderr}`.includes(text)) resolve();
        };
        listeners.add(listen);
        listen();
      });
      const ended = finished.then(({ code, stderr }) => {
        throw new Error(`it ended with ${code} without saying "${text}": ${stderr}`);
      });
      return Promise.race([heard, ended]);
    },
  };
}

/** Runs a command to its end whose stdout is a device without space. */
export function runOnFullDevice(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Pick<Finished, "code" | "stderr"> {
  const device = openSync("/dev/full", "w");
  try {
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...words], {
      env: { ...process.env, ...env },
      stdio: ["ignore", device, "pipe"],
      encoding: "utf8",
    });
    return { code: status, stderr };
  } finally {
    closeSync(device);
  }
}

/** Runs a command to its end. */
export function runOnsale(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return startOnsale(words, env).finished;
}
