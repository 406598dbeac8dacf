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
