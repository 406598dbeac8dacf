import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { chooseFreePorts, firstPort, isPortFree } from "../../src/freePort.ts";

describe("chooseFreePorts", () => {
  it("starts at the same port for the same checkout, and at another port for another", () => {
    expect(firstPort("/home/a/onsale")).to.equal(firstPort("/home/a/onsale"));
    expect(firstPort("/home/a/onsale")).to.not.equal(firstPort("/home/b/onsale"));
  });

  it("chooses ports below the range that Linux uses for outgoing connections", async () => {
    for (const seed of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
      const ports = await chooseFreePorts(seed, 4, () => Promise.resolve(true));
      for (const port of ports) expect(port).to.be.within(20_000, 32_767);
    }
  });

  it("skips busy ports", async () => {
    const taken = firstPort("seed");
    const ports = await chooseFreePorts("seed", 2, (port) => Promise.resolve(port !== taken));
    expect(ports).to.not.include(taken);
    expect(new Set(ports).size).to.equal(2);
  });

  it("fails with advice when all ports are busy", async () => {
    const outcome = await chooseFreePorts("seed", 1, () => Promise.resolve(false)).then(
      () => "chosen",
      (error: Error) => error.message,
    );
    expect(outcome).to.match(/No 1 free ports/);
  });

  it("detects a busy port by binding it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await isPortFree(port)).to.equal(false);
    server.close();
    await once(server, "close");
    expect(await isPortFree(port)).to.equal(true);
  });
});
