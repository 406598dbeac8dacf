import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { freePorts } from "@onsale/simulator/live";
import { expect } from "chai";
import { requireFreePort, requireScript } from "../../src/study/load/runOwnScript.ts";

describe("a k6 script of one's own", () => {
  let port = 0;
  let other: Server;
  beforeEach(async () => {
    [port = 0] = await freePorts(1, process.pid);
    other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
  });
  afterEach(() => other.close());

  it("is refused when another program listens at its port, and would be loaded", async () => {
    const failure: unknown = await requireFreePort(port).catch((error: unknown) => error);
    expect(failure).to.include({ code: "PORT_TAKEN", exitCode: 3 });
    other.close();
    await once(other, "close");
    await requireFreePort(port);
  });

  it("is refused when its file cannot be read", async () => {
    const failure: unknown = await requireScript("no/such.js").catch((error: unknown) => error);
    expect(failure).to.include({ code: "SCRIPT_UNREADABLE", exitCode: 3 });
  });
});
