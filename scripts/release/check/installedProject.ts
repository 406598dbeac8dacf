import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";

/** Time limit of a command in seconds. The longest one is the installation on a busy machine. */
const COMMAND_SECONDS_MAX = 300;
/** Time limit for a server to be ready, or to stop, in milliseconds. */
const SERVER_MS_MAX = 60_000;
const CHECKOUT = join(import.meta.dirname, "..", "..", "..");
const READY = "Press Ctrl-C to stop";
/** Variables of the caller that would reach into the project. */
const REMOVED = [
  /^(ONSALE|DEVSTACK|MYSQL|REDIS|KAFKA)_|^(STACK|PORT|CI|INIT_CWD)$/,
  /^npm_(?!config_)|^NODE_(OPTIONS|ENV|PATH|V8_COVERAGE)$/,
];

export interface Finished {
  readonly code: number | null;
  /** Standard output and standard error, in the order of their arrival. */
  readonly text: string;
}

/** A project outside the checkout, in which the packages are installed. */
export interface InstalledProject {
  readonly folder: string;
  /** Runs a command to its end. @param added environment variables */
  run(words: readonly string[], added?: NodeJS.ProcessEnv): Promise<Finished>;
  /** Starts `onsale serve`. @returns when it is ready */
  serve(flags: readonly string[], added?: NodeJS.ProcessEnv): Promise<RunningCommand>;
}

export interface RunningCommand {
  /** The address of the API, without a path. */
  readonly url: string;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<Finished>;
}

/** Describes a project whose `node` is in `nodeFolder`. */
export function installedProject(folder: string, nodeFolder: string): InstalledProject {
  const kept = Object.entries(process.env).filter(
    ([name]) => !REMOVED.some((one) => one.test(name)),
  );
  // The programs of the checkout must not replace those of the project.
  const path = (process.env.PATH ?? "").split(delimiter).filter((one) => !one.startsWith(CHECKOUT));
  const PATH = [nodeFolder, ...path].filter((one) => one !== "").join(delimiter);
  const base = { ...Object.fromEntries(kept), PATH, NO_COLOR: "1" };

  function start(words: readonly string[], added: NodeJS.ProcessEnv = {}) {
    const [program = "", ...args] = words;
    const env = { ...base, ...added };
    const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    return { child, ...outputOf(child) };
  }

  return {
    folder,
    async run(words, added) {
      const { text, ended } = start(["timeout", String(COMMAND_SECONDS_MAX), ...words], added);
      return { code: await ended, text: text() };
    },
    async serve(flags, added) {
      // npx passes no SIGTERM to its command.
      const command = join(folder, "node_modules", ".bin", "onsale");
      const { child, text, ended, printed } = start([command, "serve", ...flags], added);
      const isReady = await Promise.race([printed(READY), ended.then(() => false)]);
      if (isReady !== true) {
        child.kill("SIGKILL");
        assert.fail(`onsale serve was not ready:\n${text()}`);
      }
      const [, url = ""] = /listens at (http:\/\/[^/\s]*?)[./]?\s/.exec(text()) ?? [];
      return {
        url,
        async stop() {
          child.kill("SIGTERM");
          const limit = setTimeout(() => child.kill("SIGKILL"), SERVER_MS_MAX);
          const code = await ended;
          clearTimeout(limit);
          return { code, text: text() };
        },
      };
    },
  };
}

function outputOf(child: ChildProcess) {
  let text = "";
  const waiting: { readonly part: string; resolve(found: boolean): void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const one of waiting) if (text.includes(one.part)) one.resolve(true);
    });
  }
  const ended = once(child, "close").then(() => child.exitCode);
  return {
    text: () => text,
    ended,
    /** Resolves with false when the text does not appear in time. */
    printed: (part: string) =>
      new Promise<boolean>((resolve) => {
        const limit = setTimeout(() => resolve(false), SERVER_MS_MAX);
        const found = (isThere: boolean): void => {
          clearTimeout(limit);
          resolve(isThere);
        };
        waiting.push({ part, resolve: found });
        if (text.includes(part)) found(true);
      }),
  };
}

/** Fails unless the command ended with this exit code and printed these texts. */
export function expectEnd(finished: Finished, code: number, ...texts: readonly string[]): void {
  const { text } = finished;
  assert.equal(finished.code, code, `exit code ${finished.code} instead of ${code}:\n${text}`);
  for (const part of texts) assert(text.includes(part), `"${part}" is missing in:\n${text}`);
}
