import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type RunningCommand, runOnsale, startOnsale } from "../support/runOnsale.ts";
import { newTestWorld, type TestWorld } from "../support/testServers.ts";

const execFileText = promisify(execFile);

describe("onsale serve", () => {
  let world: TestWorld;
  let folder: string;
  let serving: RunningCommand | undefined;

  beforeEach(async () => {
    world = await newTestWorld({ migrated: false });
    folder = await mkdtemp(join(tmpdir(), "onsale-tour-"));
  });
  afterEach(async () => {
    if (serving?.child.exitCode === null) serving.child.kill("SIGINT");
    await serving?.finished;
    serving = undefined;
    await rm(folder, { recursive: true, force: true });
    await world.drop();
  });

  async function serveAndTakeTheTour(auth: string): Promise<{ output: string; baseUrl: string }> {
    const file = join(folder, "tour.sh");
    const words = ["serve", "--port", "0", "--auth", auth, "--tour-file", file];
    serving = startOnsale(words, world.env);
    await serving.said("Press Ctrl-C to stop.");
    const tour = await readFile(file, "utf8");
    const { stdout } = await execFileText("bash", ["-e", "-u", "-o", "pipefail", file]);
    return { output: stdout, baseUrl: /^BASE=(.+)$/m.exec(tour)?.[1] ?? "" };
  }

  for (const auth of ["jwt", "trusted"]) {
    it(`prints a tour that sells a seat when it is run as it stands (${auth})`, async () => {
      const { output } = await serveAndTakeTheTour(auth);
      expect(output).to.include('"title":"Onsale Demo Night"');
      expect(output).to.include('"status":"PENDING"');
      expect(output).to.include('"status":"CAPTURED"');
      const { stdout } = await runOnsale(["concert", "seats", "1", "--json"], world.env);
      expect(JSON.parse(stdout).data.counts).to.deep.equal({ AVAILABLE: 289, HELD: 0, SOLD: 1 });
    });
  }

  it("drains and stops API and worker on Ctrl-C, with exit code 130", async () => {
    const { baseUrl } = await serveAndTakeTheTour("jwt");
    serving?.child.kill("SIGINT");
    const finished = await serving?.finished;
    expect(finished?.code).to.equal(130);
    expect(finished?.stderr).to.include("API and worker have stopped.");
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("exits 3 when the port is taken, and starts nothing", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await runOnsale(["serve", "--port", String(port)], world.env);
    taken.close();
    expect(code).to.equal(3);
    expect(stderr).to.include("PORT_TAKEN").and.include("--port 0");
  });
});
