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

describe("the sources of the client", () => {
  it("import only what also runs in browsers", () => {
    const from = "packages/client/src/waiting/placeStream.ts";
    expect(refuses(from, "eventsource-parser")).to.equal(false);
    for (const to of ["node:crypto", "undici", "@onsale/core", "@onsale/api/openapi"]) {
      expect(refuses(from, to), to).to.equal(true);
    }
  });

  it("may come from the API document, in the program that writes the types", () => {
    const from = "packages/client/src/apiTypes/writeApiTypes.ts";
    expect(refuses(from, "@onsale/api/openapi")).to.equal(false);
    expect(refuses(from, "@onsale/api")).to.equal(true);
  });
});

describe("checkCore", () => {
  it("allows imports of lower layers", () => {
    expect(refusesInCore("ports/seatStore.ts", "shared/clock.ts")).to.equal(false);
    expect(refusesInCore("ports/outboxStore.ts", "events/eventCatalog.ts")).to.equal(false);
    expect(refusesInCore("reservation/holdSeats.ts", "ports/seatStore.ts")).to.equal(false);
    expect(refusesInCore("payment/pay.ts", "reservation/states.ts")).to.equal(false);
    expect(refusesInCore("compose/openServers.ts", "adapters/mysql/seatStore.ts")).to.equal(false);
    expect(refusesInCore("compose/openMemory.ts", "adapters/memory/seatStore.ts")).to.equal(false);
    expect(refusesInCore("compose/openCore.ts", "compose/openMemory.ts")).to.equal(false);
    expect(refusesInCore("index.ts", "payment/pay.ts")).to.equal(false);
  });

  it("rejects imports of higher layers by shared, ports and events", () => {
    expect(refusesInCore("shared/clock.ts", "ports/seatStore.ts")).to.equal(true);
    expect(refusesInCore("ports/seatStore.ts", "reservation/states.ts")).to.equal(true);
    expect(refusesInCore("events/eventCatalog.ts", "ports/outboxStore.ts")).to.equal(true);
  });

  it("rejects a file beside the entry in core's root", () => {
    expect(refusesInCore("config.ts", "shared/errors.ts")).to.equal(true);
  });

  it("rejects imports of adapters, compose/ or the entry by code inside core", () => {
    expect(refusesInCore("queue/joinQueue.ts", "adapters/redis/queueStore.ts")).to.equal(true);
    expect(refusesInCore("queue/joinQueue.ts", "index.ts")).to.equal(true);
    expect(refusesInCore("queue/joinQueue.ts", "compose/openCore.ts")).to.equal(true);
    expect(refusesInCore("adapters/memory/a.ts", "compose/openedCore.ts")).to.equal(true);
    expect(refusesInCore("config/readConfig.ts", "compose/openedCore.ts")).to.equal(true);
  });

  it("rejects imports between domains that the table does not allow", () => {
    expect(refusesInCore("reservation/holdSeats.ts", "payment/pay.ts")).to.equal(true);
    expect(refusesInCore("point/chargePoints.ts", "reservation/states.ts")).to.equal(true);
    expect(refusesInCore("outbox/relay.ts", "queue/joinQueue.ts")).to.equal(true);
  });

  it("allows an adapter to import a domain's states and errors, and no workflow", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/errors.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/seatStates.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "reservation/holdSeats.ts")).to.equal(true);
  });

  it("rejects an adapter that imports another adapter", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/redis/b.ts")).to.equal(true);
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/mysql/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/shared/clockSkew.ts")).to.equal(false);
  });

  it("allows adapters to import adapters/shared, and not the reverse", () => {
    expect(refusesInCore("adapters/mysql/a.ts", "adapters/shared/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/shared/a.ts", "adapters/mysql/b.ts")).to.equal(true);
    expect(refusesInCore("adapters/memory/a.ts", "adapters/sql/b.ts")).to.equal(false);
    expect(refusesInCore("adapters/sql/a.ts", "adapters/mysql/b.ts")).to.equal(true);
  });
});

describe("checkPackages", () => {
  it("allows the simulator to import the API's endpoints, and nothing else of the API", () => {
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api/endpoints")).to.equal(false);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/api/openapi")).to.equal(true);
  });

  it("allows api, cli and simulator to import core's entry", () => {
    for (const name of ["api", "cli", "simulator"]) {
      expect(refuses(`packages/${name}/src/a.ts`, "@onsale/core")).to.equal(false);
    }
  });

  it("allows conformance cases to import core's testing entry, and only tests the cases", () => {
    expect(refuses("packages/conformance/src/a.ts", "@onsale/core")).to.equal(false);
    expect(refuses("packages/conformance/src/a.ts", "@onsale/core/testing")).to.equal(false);
    expect(refuses("packages/core/test/unit/a.test.ts", "@onsale/conformance")).to.equal(false);
    expect(refuses("packages/core/src/a.ts", "@onsale/conformance")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/conformance")).to.equal(true);
  });

  it("rejects imports of files inside another package", () => {
    expect(refuses("packages/api/src/a.ts", "packages/core/src/compose/openCore.ts")).to.equal(
      true,
    );
    expect(refuses("packages/api/src/a.ts", "@onsale/core/testing")).to.equal(true);
    expect(refuses("packages/api/test/unit/a.test.ts", "@onsale/core/testing")).to.equal(false);
    expect(refuses("packages/cli/test/unit/a.test.ts", "@onsale/simulator/live")).to.equal(false);
    expect(refuses("packages/api/test/unit/a.test.ts", "packages/core/src/b.ts")).to.equal(true);
  });

  it("rejects imports between packages that the table does not allow", () => {
    expect(refuses("packages/core/src/a.ts", "@onsale/devstack")).to.equal(true);
    expect(refuses("packages/api/src/a.ts", "@onsale/simulator")).to.equal(true);
    expect(refuses("packages/simulator/src/a.ts", "@onsale/cli")).to.equal(true);
    expect(refuses("packages/devstack/src/a.ts", "@onsale/core")).to.equal(true);
  });

  it("allows each third-party client in its owner's folder only", () => {
    expect(refuses(core("adapters/kafka/publisher.ts"), "kafkajs")).to.equal(false);
    expect(refuses(core("outbox/relay.ts"), "kafkajs")).to.equal(true);
    expect(refuses(core("adapters/mysql/a.ts"), "ioredis")).to.equal(true);
    expect(refuses("packages/api/src/a.ts", "mysql2/promise")).to.equal(true);
    expect(refuses("packages/devstack/src/a.ts", "ioredis")).to.equal(false);
    expect(refuses("packages/api/test/integration/a.test.ts", "mysql2/promise")).to.equal(false);
  });
});

describe("findCycles", () => {
  it("reports an import cycle with its files in order", () => {
    const arrows = [arrow(core("a.ts"), core("b.ts")), arrow(core("b.ts"), core("a.ts"))];
    const [finding, ...others] = findCycles(arrows);
    expect(finding?.advice).to.include("a.ts -> packages/core/src/b.ts -> packages/core/src/a.ts");
    expect(others).to.deep.equal([]);
  });

  it("finds a file that imports itself", () => {
    expect(findCycles([arrow(core("a.ts"), core("a.ts"))])).to.have.length(1);
  });

  it("reports nothing when two files import the same file", () => {
    const ways = [
      ["a.ts", "b.ts"],
      ["a.ts", "c.ts"],
      ["b.ts", "d.ts"],
      ["c.ts", "d.ts"],
    ] as const;
    expect(findCycles(ways.map(([from, to]) => arrow(core(from), core(to))))).to.deep.equal([]);
  });
});
