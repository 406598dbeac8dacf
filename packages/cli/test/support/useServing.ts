import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Finished, type RunningCommand, startOnsale } from "./runOnsale.ts";

const execFileText = promisify(execFile);

/** `onsale serve` as it runs. */
export interface Serving {
  readonly pid: number | undefined;
  readonly baseUrl: string;
  /** Runs the tour unchanged, and expects it to sell a seat. */
  takeTheTour(): Promise<void>;
  /** Ctrl-C. */
  interrupt(): Promise<Finished>;
}

/**
 * For tests that run `onsale serve`; a served process ends with its test.
 * @returns a function that starts `onsale serve` on a free port and waits for its tour
 */
export function useServing(): (
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  tourName?: string,
) => Promise<Serving> {
  let folder = "";
  let running: RunningCommand | undefined;

  beforeEach("makes a folder for the tour", async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-tour-"));
  });
  afterEach("stops what was served", async () => {
    if (running?.child.exitCode === null) running.child.kill("SIGINT");
    await running?.finished;
    running = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  return async (words, env, tourName = "tour.sh") => {
    const tourFile = join(folder, tourName);
    const serving = startOnsale(["serve", "--port", "0", "--tour-file", tourFile, ...words], env);
    running = serving;
    await serving.said("Press Ctrl-C to stop.");
    const [, baseUrl = ""] = /^BASE=(.+)$/m.exec(await readFile(tourFile, "utf8")) ?? [];
    return {
      pid: serving.child.pid,
      baseUrl,
      async takeTheTour() {
        const { stdout } = await execFileText("bash", ["-e", "-u", "-o", "pipefail", tourFile]);
        expect(stdout).to.include('"title":"Onsale Demo Night"');
        expect(stdout).to.include('"status":"PENDING"');
        expect(stdout).to.include('"status":"CAPTURED"');
      },
      interrupt() {
        serving.child.kill("SIGINT");
        return serving.finished;
      },
    };
  };
}

/** Runs the work while another program listens on the port. */
export async function withTakenPort<T>(work: (port: string) => Promise<T>): Promise<T> {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return work(String(port)).finally(() => taken.close());
}
