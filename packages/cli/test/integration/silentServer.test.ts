import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

/** Doctor answers within this time, with any server down. */
const DOCTOR_MS_MAX = 10_000;

/** A suspended server: the kernel accepts connections, and no process answers. */
describe("onsale doctor while a server accepts connections and never answers", () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  let stack: TestStack;
  let address = "";

  before(async () => {
    stack = await newTestStack({ migrated: true });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const bound = silent.address();
    if (bound === null || typeof bound === "string") throw new Error("the server has a port");
    address = `127.0.0.1:${bound.port}`;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    await stack.drop();
  });

  for (const [server, urlOf] of [
    ["redis", () => ({ REDIS_URL: `redis://${address}/0` })],
    ["mysql", () => ({ MYSQL_URL: `mysql://root@${address}/onsale` })],
  ] as const) {
    it(`names ${server} in time`, async () => {
      const env = { ...stack.env, ...urlOf() };
      const { code, stdout } = await runInProcess(["doctor", "--no-invariants"], env);
      expect(code).to.equal(1);
      expect(stdout).to.include(`CRITICAL SERVER_DOWN (${server})`);
    }).timeout(DOCTOR_MS_MAX);
  }
});

describe("onsale db migrate on a server that refuses the connection", () => {
  let stack: TestStack;
  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  for (const [what, change] of [
    ["a wrong password", (url: URL) => Object.assign(url, { password: "wrong-secret" })],
    ["a port without a server", (url: URL) => Object.assign(url, { port: "1" })],
  ] as const) {
    it(`exits 3 with the address, the cause and the next step, for ${what}`, async () => {
      const url = change(new URL(stack.env.MYSQL_URL ?? ""));
      const env = { ...stack.env, MYSQL_URL: url.href };
      const { code, stderr } = await runInProcess(["db", "migrate"], env);
      expect(code).to.equal(3);
      expect(stderr).to.include("MYSQL_UNAVAILABLE").and.include("Cause:").and.include("MYSQL_URL");
      expect(stderr).to.not.include("wrong-secret");
    });
  }
});
