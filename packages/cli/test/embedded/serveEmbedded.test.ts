import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { addressCases, useServing } from "../support/useServing.ts";

const START = new URL("../../../../docs/start/", import.meta.url);
const FIRST_CLIENT = new URL("firstClient.mjs", START);

describe("onsale serve --embedded", () => {
  const serve = useServing();

  for (const auth of ["jwt", "trusted"]) {
    it(`prints a tour, a script that sells a seat when it runs unchanged (${auth})`, async () => {
      const { takeTheTour } = await serve(["--embedded", "--auth", auth], NO_SERVERS);
      await takeTheTour();
    });
  }

  it("is one process, warns that data is not durable, and exits 130 at Ctrl-C", async () => {
    const { baseUrl, pid, interrupt } = await serve(["--embedded"], NO_SERVERS);
    const health = await fetch(`${baseUrl}/health`);
    expect(await health.text()).to.include('"stack":"embedded","durable":false');
    expect(await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).to.equal("");
    const { code, stderr } = await interrupt();
    expect(code).to.equal(130);
    expect(stderr).to.match(/Ready \d\.\d\d s after the process started/);
    expect(stderr).to.include("NOT DURABLE").and.include("their data is gone");
    expect(stderr).to.not.include('{"level"');
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("exits 0 after SIGTERM, the usual end of a service", async () => {
    const { baseUrl, interrupt } = await serve(["--embedded"], NO_SERVERS);
    const { code, stderr } = await interrupt("SIGTERM");
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include("their data is gone");
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("runs embedded when STACK=embedded is set", async () => {
    const { baseUrl, interrupt } = await serve([], { ...NO_SERVERS, STACK: "embedded" });
    const health = await fetch(`${baseUrl}/health`);
    expect(await health.text()).to.include('"stack":"embedded"');
    expect((await interrupt()).code).to.equal(130);
  });

  it("ignores the addresses of servers in the environment", async () => {
    const named = { MYSQL_URL: "mysql://root@127.0.0.1:1/x", REDIS_URL: "redis://127.0.0.1:1" };
    const { baseUrl } = await serve(["--embedded"], { ...NO_SERVERS, ...named });
    expect((await fetch(`${baseUrl}/concerts`)).status).to.equal(200);
  });

  describe("about its address", () => {
    addressCases(["--embedded"], () => NO_SERVERS);
  });

  it("creates the folder of the tour file when it is missing", async () => {
    const { takeTheTour } = await serve(["--embedded"], NO_SERVERS, "a/new/folder/tour.sh");
    await takeTheTour();
  });

  it("exits 3 before it starts a server when the tour file cannot be written", async () => {
    for (const file of ["/dev/null/tour.sh", "/"]) {
      const words = ["serve", "--embedded", "--port", "0", "--tour-file", file];
      const { code, stderr } = await runOnsale(words, NO_SERVERS);
      expect(code).to.equal(3);
      expect(stderr).to.include(file).and.include("FILE_UNWRITABLE").and.include("Next:");
      expect(stderr).to.not.include("have stopped");
    }
  });
});

describe("the page docs/start/FIRST_CLIENT.md", () => {
  const serve = useServing();

  it("contains the text of firstClient.mjs unchanged", async () => {
    const client = await readFile(FIRST_CLIENT, "utf8");
    const page = await readFile(new URL("FIRST_CLIENT.md", START), "utf8");
    expect(page.includes(`\`\`\`js\n${client}\`\`\``), "copy firstClient.mjs into it").to.equal(
      true,
    );
  });

  it("contains a client that buys a ticket", async () => {
    const { baseUrl } = await serve(["--embedded"], NO_SERVERS);
    const words = [fileURLToPath(FIRST_CLIENT), new URL(baseUrl).origin];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    expect(stdout).to.match(/^Bought [A-Z]-\d+ for \d+ points$/m);
  });
});
