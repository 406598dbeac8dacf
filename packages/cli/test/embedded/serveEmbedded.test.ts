import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { type RunningCommand, runOnsale, startOnsale } from "../support/runOnsale.ts";

const execFileText = promisify(execFile);

describe("onsale serve --embedded", () => {
  let folder: string;
  let serving: RunningCommand | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-tour-"));
  });
  afterEach(async () => {
    if (serving?.child.exitCode === null) serving.child.kill("SIGKILL");
    await serving?.finished;
    serving = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function serve(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const file = join(folder, "tour.sh");
    const all = ["serve", "--port", "0", "--tour-file", file, ...words];
    serving = startOnsale(all, { ...NO_SERVERS, ...env });
    await serving.said("Press Ctrl-C to stop.");
    return file;
  }

  async function baseUrlOf(tourFile: string): Promise<string> {
    return /^BASE=(.+)$/m.exec(await readFile(tourFile, "utf8"))?.[1] ?? "";
  }

  async function interrupt() {
    serving?.child.kill("SIGINT");
    return serving?.finished;
  }

  for (const auth of ["jwt", "trusted"]) {
    it(`prints a tour that sells a seat when it is run as it stands (${auth})`, async () => {
      const file = await serve(["--embedded", "--auth", auth]);
      const { stdout } = await execFileText("bash", ["-e", "-u", "-o", "pipefail", file]);
      expect(stdout).to.include('"title":"Onsale Demo Night"');
      expect(stdout).to.include('"status":"PENDING"');
      expect(stdout).to.include('"status":"CAPTURED"');
    });
  }

  it("is one process, says it is not durable, and ends on Ctrl-C with exit code 130", async () => {
    const baseUrl = await baseUrlOf(await serve(["--embedded"]));
    const health = await fetch(`${baseUrl}/health`);
    expect(await health.text()).to.include('"stack":"embedded","durable":false');
    const pid = serving?.child.pid ?? 0;
    expect(await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).to.equal("");
    const finished = await interrupt();
    expect(finished?.code).to.equal(130);
    expect(finished?.stderr).to.match(/Up \d\.\d\d s after the process began/);
    expect(finished?.stderr).to.include("NOT DURABLE").and.include("their data is gone");
    expect(finished?.stderr).to.not.include('{"level"');
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("is what STACK=embedded means to `onsale serve`", async () => {
    const baseUrl = await baseUrlOf(await serve([], { STACK: "embedded" }));
    const health = await fetch(`${baseUrl}/health`);
    expect(await health.text()).to.include('"stack":"embedded"');
    expect((await interrupt())?.code).to.equal(130);
  });

  it("does without the servers that the shell names", async () => {
    const named = { MYSQL_URL: "mysql://root@127.0.0.1:1/x", REDIS_URL: "redis://127.0.0.1:1" };
    const baseUrl = await baseUrlOf(await serve(["--embedded"], named));
    expect((await fetch(`${baseUrl}/concerts`)).status).to.equal(200);
  });

  it("exits 3 when the port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const words = ["serve", "--embedded", "--port", String(port)];
    const { code, stderr } = await runOnsale(words, NO_SERVERS);
    taken.close();
    expect(code).to.equal(3);
    expect(stderr).to.include("PORT_TAKEN").and.include("--port 0");
  });
});
