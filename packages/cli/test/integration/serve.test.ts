import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";
import { addressCases, useServing } from "../support/useServing.ts";

/** The ids of the processes that a process has started. */
async function childrenOf(pid: number | undefined): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").map(Number);
}

describe("onsale serve", () => {
  let stack: TestStack;

  beforeEach(async () => {
    stack = await newTestStack({ migrated: false });
  });
  // The served processes stop before the database is dropped.
  const serve = useServing();
  afterEach(() => stack.drop());

  for (const auth of ["jwt", "trusted"]) {
    it(`prints a tour, a script that sells a seat when it runs unchanged (${auth})`, async () => {
      const { takeTheTour } = await serve(["--auth", auth], stack.env);
      await takeTheTour();
      const { stdout } = await runOnsale(["concert", "seats", "1", "--json"], stack.env);
      const { counts } = JSON.parse(stdout).data;
      expect(counts).to.deep.equal({ AVAILABLE: 289, BLOCKED: 0, HELD: 0, SOLD: 1 });
    });
  }

  it("stops API and worker at SIGTERM, with exit code 0", async () => {
    const { baseUrl, interrupt } = await serve([], stack.env);
    const { code, stderr } = await interrupt("SIGTERM");
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include("API and worker have stopped.");
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("exits 0 when every process gets SIGTERM at once, the children first", async () => {
    const { pid, interrupt } = await serve([], stack.env);
    const children = await childrenOf(pid);
    expect(children).to.have.length(2);
    for (const child of children) process.kill(child, "SIGTERM");
    const { code, stderr } = await interrupt("SIGTERM");
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include("API and worker have stopped.");
  });

  it("stops API and worker when it is killed itself", async () => {
    const { baseUrl, interrupt } = await serve([], stack.env);
    const { hostname, port } = new URL(baseUrl);
    const open = connect(Number(port), hostname);
    await once(open, "connect");
    // The server may answer 408 before it closes; unread bytes would keep the socket open.
    const closed = once(open.resume(), "close");
    await interrupt("SIGKILL");
    await closed;
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("finishes requests and stops API and worker at Ctrl-C, with exit code 130", async () => {
    const { baseUrl, takeTheTour, interrupt } = await serve([], stack.env);
    await takeTheTour();
    const { code, stderr } = await interrupt();
    expect(code).to.equal(130);
    expect(stderr).to.include("API and worker have stopped.");
    const refused = await fetch(`${baseUrl}/concerts`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  describe("about its address", () => {
    addressCases([], () => stack.env);
  });
});
