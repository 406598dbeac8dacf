import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { TEST_STACK_PREFIX } from "../../src/index.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const name = `${TEST_STACK_PREFIX}no-image-${process.pid}`;

/** The answers of an engine without images that cannot reach the registry. */
function answerOf(path: string): readonly [status: number, body: unknown] {
  if (path === "/_ping" || path.endsWith("/info")) return [200, { Labels: [] }];
  if (path.includes("/containers/json")) return [200, []];
  if (path.includes("/images/create")) return [500, { message: "no such registry" }];
  return [404, { message: "missing" }];
}

describe("a container engine that cannot download an image", function () {
  this.timeout(30_000);
  let engine: Server;

  before("starts it", async () => {
    engine = createServer((request, response) => {
      const [status, body] = answerOf(request.url ?? "");
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    engine.listen(0, "127.0.0.1");
    await once(engine, "listening");
  });

  after("removes the stack and stops it", async () => {
    await run("down", "--wipe");
    engine.close();
  });

  function run(...command: string[]): Promise<{ failed: boolean; text: string }> {
    const address = engine.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const { MYSQL_URL: _m, REDIS_URL: _r, KAFKA_BROKERS: _k, ...inherited } = process.env;
    const host = { DEVSTACK_SOURCE: "docker", DOCKER_HOST: `tcp://127.0.0.1:${port}` };
    return new Promise((resolve) => {
      const args = [MAIN, ...command, "--name", name];
      execFile(process.execPath, args, { env: { ...inherited, ...host } }, (error, _out, text) =>
        resolve({ failed: error !== null, text }),
      );
    });
  }

  it("is named as the reason, after a line that announces the download", async () => {
    const up = await run("up");
    expect(up.failed).to.equal(true);
    expect(up.text).to.include("redis: starting a container of redis:7.4; the first start");
    expect(up.text).to.include("The container of redis (redis:7.4): ");
    expect(up.text).to.include("no such registry");
  });
});
