import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Finished, type RunningCommand, runOnsale, startOnsale } from "./runOnsale.ts";

const execFileText = promisify(execFile);

/** `onsale serve` as it runs. */
export interface Serving {
  readonly pid: number | undefined;
  readonly baseUrl: string;
  /** Runs the tour unchanged, and expects it to sell a seat. */
  takeTheTour(): Promise<void>;
  /** Ctrl-C, or another signal. */
  interrupt(signal?: NodeJS.Signals): Promise<Finished>;
}

/**
 * For tests that run `onsale serve`; a served process ends with its test.
 * @returns a function that starts `onsale serve` and waits for its tour; on a free port, unless the
 *   environment has PORT
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
    const port = env.PORT === undefined ? ["--port", "0"] : [];
    const serving = startOnsale(["serve", ...port, "--tour-file", tourFile, ...words], env);
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
      interrupt(signal = "SIGINT") {
        serving.child.kill(signal);
        return serving.finished;
      },
    };
  };
}

/**
 * The cases of `onsale serve` about its address, for both modes.
 * @param words of the mode
 */
export function addressCases(words: readonly string[], env: () => NodeJS.ProcessEnv): void {
  const serve = useServing();
  const hostOf = (baseUrl: string): string => new URL(baseUrl).hostname;

  it("listens at HOST and PORT without the flags", async () => {
    const { baseUrl } = await serve(words, { ...env(), HOST: "127.0.0.2", PORT: "0" });
    expect(hostOf(baseUrl)).to.equal("127.0.0.2");
    expect((await fetch(`${baseUrl}/concerts`)).status).to.equal(200);
  });

  it("prefers --host and --port to HOST and PORT", async () => {
    await withTakenPort(async (taken) => {
      const named = { ...env(), HOST: "127.0.0.2", PORT: taken };
      const flags = ["--host", "127.0.0.1", "--port", "0"];
      const { baseUrl } = await serve([...words, ...flags], named);
      expect(hostOf(baseUrl)).to.equal("127.0.0.1");
      expect(new URL(baseUrl).port).to.not.equal(taken);
    });
  });

  it("exits 3 when another program uses the port, also that of PORT", async () => {
    await withTakenPort(async (port) => {
      for (const [flags, named] of [
        [["--port", port], {}],
        [[], { PORT: port }],
      ] as const) {
        const run = ["serve", ...words, ...flags];
        const { code, stderr } = await runOnsale(run, { ...env(), ...named });
        expect(code).to.equal(3);
        expect(stderr).to.include("PORT_TAKEN").and.include(port).and.include("--port 0");
      }
    });
  });

  it("exits 3 when the machine does not have the address, and 2 when PORT is no port", async () => {
    const elsewhere = { ...env(), HOST: "192.0.2.1", PORT: "0" };
    const { code, stderr } = await runOnsale(["serve", ...words], elsewhere);
    expect(code).to.equal(3);
    expect(stderr).to.include("HOST_UNUSABLE").and.include("192.0.2.1").and.include("--host");
    const wrong = await runOnsale(["serve", ...words], { ...env(), PORT: "many" });
    expect([wrong.code, wrong.stderr]).to.deep.include(2);
    expect(wrong.stderr).to.include("PORT").and.include("many");
  });
}

/** Runs the work while another program listens on the port. */
async function withTakenPort<T>(work: (port: string) => Promise<T>): Promise<T> {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return work(String(port)).finally(() => taken.close());
}
