import { expect } from "chai";
import { loadFindings } from "../../../src/diagnosis/loadFindings.ts";
import type { ApiLoad, ApiReport } from "../../../src/ports/apiLoad.ts";
import type { DatabaseLoad } from "../../../src/ports/databaseLoad.ts";
import { IDLE_API } from "../../support/apiProcesses.ts";
import { busyServers } from "../../support/busyServers.ts";
import { useMemoryQueue } from "../../support/memoryQueue.ts";

const QUIET_API: ApiReport = {
  ...{ ...IDLE_API, processName: "sale-2:4711", inFlight: 460, inFlightMax: 512, silentMs: 900 },
  ...{ loopDelayMs: 400, pool: { inUse: 16, waiting: 16, max: 16 } },
  ...{ answered: 200, overloaded: 10, unavailable: 200 },
};

describe("loadFindings", () => {
  const opened = useMemoryQueue();
  const servers = busyServers(opened);
  const found = async () =>
    (await loadFindings(servers.current().core)).map(({ code, message }) => `${code} ${message}`);

  beforeEach(() => opened().promote());

  it("finds nothing on quiet servers, without a second look", async () => {
    const beforeMs = opened().clock.monotonicMs();
    expect(await found()).to.deep.equal([]);
    expect(opened().clock.monotonicMs()).to.equal(beforeMs);
  });

  for (const [load, text] of [
    [{ connections: 81 }, "OVERLOADED 81 of 100 connections of MySQL are in use"],
    [{ running: 33 }, "OVERLOADED 33 statements run at the same time in MySQL"],
    [{ lockWaits: 9 }, "LOCKS_CONTENDED 9 statements wait for a row lock"],
    [{ isReadOnly: true }, "SERVER_READ_ONLY mysql: read_only is ON; no sale can be stored"],
  ] satisfies readonly (readonly [Partial<DatabaseLoad>, string])[]) {
    it(`finds ${text}`, async () => {
      servers.load = load;
      expect(await found()).to.deep.equal([text]);
    });
  }

  for (const [part, text] of [
    [{ inFlight: 461 }, "sale-2:4711 works on 461 requests; it refuses more than 512"],
    [
      { pool: { inUse: 16, waiting: 17, max: 16 } },
      "sale-2:4711: 17 statements wait for one of 16 connections to MySQL",
    ],
    [{ overloaded: 11 }, "sale-2:4711 answered 11 of 200 requests with OVERLOADED"],
    [{ loopDelayMs: 401 }, "sale-2:4711: its event loop was 401 ms late"],
  ] satisfies readonly (readonly [Partial<ApiLoad>, string])[]) {
    it(`finds an API process that is overloaded: ${text}`, async () => {
      const quiet = { ...QUIET_API, processName: "sale-1:4711" };
      servers.apis = () => [quiet, { ...QUIET_API, ...part }];
      expect(await found()).to.deep.equal([`OVERLOADED API process ${text}`]);
    });
  }

  it("finds no overload when each look finds another API process busy", async () => {
    const names = ["sale-1:4711", "sale-2:4711"];
    servers.apis = () => [
      { ...QUIET_API, processName: names.shift() ?? "no third look", loopDelayMs: 900 },
    ];
    expect(await found()).to.deep.equal([]);
    expect(names).to.deep.equal([]);
  });

  it("counts no pool as used up while a connection is free", async () => {
    servers.apis = () => [{ ...QUIET_API, pool: { inUse: 15, waiting: 17, max: 16 } }];
    expect(await found()).to.deep.equal([]);
  });

  it("finds no overload in a share of few answers", async () => {
    servers.apis = () => [{ ...QUIET_API, answered: 19, overloaded: 19 }];
    expect(await found()).to.deep.equal([]);
  });

  it("finds no overload of an API process that is silent", async () => {
    servers.apis = () => [{ ...QUIET_API, loopDelayMs: 900, silentMs: 10_001 }];
    expect(await found()).to.deep.equal([]);
  });

  it("accepts each figure at its bound", async () => {
    servers.apis = () => [QUIET_API];
    servers.load = { connections: 80, running: 32, lockWaits: 8 };
    servers.redisMs = 400;
    expect(await found()).to.deep.equal([]);
  });

  it("finds a slow server and a deadlock storm", async () => {
    servers.redisMs = 401;
    expect(await found()).to.deep.equal(["OVERLOADED a small read of Redis took 401 ms"]);
    servers.redisMs = 0;
    servers.deadlocksPerSecond = 4;
    opened().clock.pass(10_000);
    expect(await found()).to.deep.equal(["LOCKS_CONTENDED MySQL ends 4.0 deadlocks a second"]);
  });

  it("finds no overload in a peak that ends before the second look", async () => {
    servers.load = { running: 100, lockWaits: 50 };
    const looks = found();
    servers.load = {};
    expect(await looks).to.deep.equal([]);
  });

  it("finds no deadlock storm where the server counts no deadlocks", async () => {
    servers.load = { deadlocks: undefined };
    expect(await found()).to.deep.equal([]);
  });
});
