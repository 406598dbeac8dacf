import { expect } from "chai";
import { checkCore } from "../coreRules.ts";
import { findCycles } from "../importCycles.ts";
import { type ImportArrow, importsOf } from "../importsOf.ts";
import { checkPackages } from "../packageRules.ts";
import { withParsedSources } from "../parsedProject.ts";

const core = (path: string): string => `packages/core/src/${path}`;
const arrow = (from: string, to: string): ImportArrow => ({
  from,
  line: 1,
  to,
  isFile: to.startsWith("packages/"),
});
const refusesInCore = (from: string, to: string): boolean =>
  checkCore(arrow(core(from), core(to))).length > 0;
const refuses = (from: string, to: string): boolean => checkPackages(arrow(from, to)).length > 0;

describe("importsOf", () => {
  it("finds every form of an import, of values and of types", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "../b.ts";',
      'export * from "./c.ts";',
      'const d = await import("./d.ts");',
      'type E = import("./e.ts").E;',
      'import "mocha";',
    ].join("\n");
    const found = withParsedSources({ "x/y.ts": text }, (files) => files.flatMap(importsOf));
    expect(found.map(({ line, to }) => `${line} ${to}`)).to.deep.equal([
      "1 x/a.ts",
      "2 b.ts",
      "3 x/c.ts",
      "4 x/d.ts",
      "5 x/e.ts",
      "6 mocha",
    ]);
  });
});

describe("checkCore", () => {
  it("lets arrows run down", () => {
    expect(refusesInCore("ports/seatStore.ts", "shared/clock.ts")).to.equal(false);
    expect(refusesInCore("ports/outboxStore.ts", "events/eventCatalog.ts")).to.equal(false);
    expect(refusesInCore("reservation/holdSeats.ts", "ports/seatStore.ts")).to.equal(false);
    expect(refusesInCore("payment/pay.ts", "reservation/states.ts")).to.equal(false);
    expect(refusesInCore("compose/openServers.ts", "adapters/mysql/seatStore.ts")).to.equal(false);
    expect(refusesInCore("compose/openMemory.ts", "adapters/memory/seatStore.ts")).to.equal(false);
    expect(refusesInCore("compose/openCore.ts", "compose/openMemory.ts")).to.equal(false);
    expect(refusesInCore("index.ts", "payment/pay.ts")).to.equal(false);
  });

  it("refuses shared and ports that look up", () => {
    expect(refusesInCore("shared/clock.ts", "ports/seatStore.ts")).to.equal(true);
    expect(refusesInCore("ports/seatStore.ts", "reservation/states.ts")).to.equal(true);
    expect(refusesInCore("events/eventCatalog.ts", "ports/outboxStore.ts")).to.equal(true);
  });

  it("refuses a file beside the entry at core's root", () => {
    expect(refusesInCore("config.ts", "shared/errors.ts")).to.equal(true);
  });

  it("refuses a domain that reaches an adapter or the entry", () => {
    expect(refusesInCore("queue/joinQueue.ts", "adapters/redis/queueStore.ts")).to.equal(true);
    expect(refusesInCore("queue/joinQueue.ts", "index.ts")).to.equal(true);
    expect(refusesInCore("queue/joinQueue.ts", "compose/openCore.ts")).to.equal(true);
    expect(refusesInCore("adapters/memory/a.ts", "compose/openedCore.ts")).to.equal(true);
    expect(refusesInCore("config/readConfig.ts", "compose/openedCore.ts")).to.equal(true);
  });

  it("refuses arrows among domains that the design does not draw", () => {
    expect(refusesInCore("reservation/holdSeats.ts", "payment/pay.ts")).to.equal(true);
    expect(refusesInCore("point/chargePoints.ts", "reservation/states.ts")).to.equal(true);
    expect(refusesInCore("outbox/relay.ts", "queue/joinQueue.ts")).to.equal(true);
  });

  it("lets an adapter know states and errors of a domain, and no workflow", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/errors.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/seatStates.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/holdSeats.ts")).to.equal(true);
  });

  it("refuses an adapter that leans on another", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/redis/b.ts")).to.equal(true);
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/mysql/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/shared/clockSkew.ts")).to.equal(false);
  });

  it("lets adapters share what they all need, which needs none of them", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/shared/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/shared/a.ts", "adapters/mysql/b.ts")).to.equal(true);
    expect(refusesInCore("adapters/memory/a.ts", "adapters/sql/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/sql/a.ts", "adapters/mysql/b.ts")).to.equal(true);
  });
});

describe("checkPackages", () => {
  it("lets the simulator import the API's endpoints and nothing else of the API", () => {
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api/endpoints")).to.equal(false);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api/openapi")).to.equal(true);
  });

  it("lets api, cli and simulator use core's entry", () => {
    for (const name of ["api", "cli", "simulator"]) {
      expect(refuses(`packages/${name}/src/a.ts`, "@onsale/core")).to.equal(false);
    }
  });

  it("lets the conformance cases use core's inside, and only tests use the cases", () => {
    expect(refuses("packages/conformance/src/a.ts", "@onsale/core")).to.equal(false);
    expect(refuses("packages/conformance/src/a.ts", "@onsale/core/testing")).to.equal(false);
    expect(refuses("packages/core/test/unit/a.test.ts", "@onsale/conformance")).to.equal(false);
    expect(refuses("packages/core/src/a.ts", "@onsale/conformance")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/conformance")).to.equal(true);
  });

  it("refuses a way past the entry", () => {
    expect(refuses("packages/api/src/a.ts", "packages/core/src/compose/openCore.ts")).to.equal(
      true,
    );
    expect(refuses("packages/api/src/a.ts", "@onsale/core/testing")).to.equal(true);
    expect(refuses("packages/api/test/unit/a.test.ts", "@onsale/core/testing")).to.equal(false);
    expect(refuses("packages/cli/test/unit/a.test.ts", "@onsale/simulator/live")).to.equal(false);
    expect(refuses("packages/api/test/unit/a.test.ts", "packages/core/src/b.ts")).to.equal(true);
  });

  it("refuses packages that look up or sideways", () => {
    expect(refuses("packages/core/src/a.ts", "@onsale/devstack")).to.equal(true);
    expect(refuses("packages/api/src/a.ts", "@onsale/simulator")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/cli")).to.equal(true);
    expect(refuses("packages/devstack/src/a.ts", "@onsale/core")).to.equal(true);
  });

  it("keeps each client with the adapter that owns it", () => {
    expect(refuses(core("adapters/kafka/publisher.ts"), "kafkajs")).to.equal(false);
    expect(refuses(core("outbox/relay.ts"), "kafkajs")).to.equal(true);
    expect(refuses(core("adapters/mysql/a.ts"), "ioredis")).to.equal(true);
    expect(refuses("packages/api/src/a.ts", "mysql2/promise")).to.equal(true);
    expect(refuses("packages/devstack/src/a.ts", "ioredis")).to.equal(false);
    expect(refuses("packages/api/test/integration/a.test.ts", "mysql2/promise")).to.equal(false);
  });
});

describe("findCycles", () => {
  it("finds a circle and tells the way round", () => {
    const arrows = [arrow(core("a.ts"), core("b.ts")), arrow(core("b.ts"), core("a.ts"))];
    const [finding, ...others] = findCycles(arrows);
    expect(finding?.advice).to.include("a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts");
    expect(others).to.deep.equal([]);
  });

  it("finds a file that imports itself", () => {
    expect(findCycles([arrow(core("a.ts"), core("a.ts"))])).to.have.length(1);
  });

  it("is content when two ways lead to one file", () => {
    const ways = [
      ["a.ts", "b.ts"],
      ["a.ts", "c.ts"],
      ["b.ts", "d.ts"],
      ["c.ts", "d.ts"],
    ] as const;
    expect(findCycles(ways.map(([from, to]) => arrow(core(from), core(to))))).to.deep.equal([]);
  });
});
