import { readFile } from "node:fs/promises";
import { packetReader, prefixOf } from "@onsale/simulator/bench";
import { cachingChart, cachingProblems, cachingReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { cachingPage } from "../../src/study/caching/cachingPage.ts";
import { drawCaching } from "../../src/study/caching/drawCaching.ts";
import {
  CACHING_FOLDER,
  cachingFiles,
  readCachingReport,
} from "../../src/study/caching/writeCachingPage.ts";
import { cachingReport, loadSide, staleness, stampede } from "../support/cachingReports.ts";

describe("the study of the cache", () => {
  it("has a committed page that is generated from its figures, with its chart", async () => {
    for (const [name, text] of cachingFiles(await readCachingReport())) {
      const committed = await readFile(new URL(name, CACHING_FOLDER), "utf8");
      expect(committed === text, `run \`pnpm docs:caching\` (${name})`).to.equal(true);
    }
  });

  it("shows both sides, the specification, the stampede and the ages", () => {
    const page = cachingPage(cachingReport());
    expect(page).to.include("| Specification | 1,599 ms | 6.00 ms | 267 x |");
    expect(page).to.include("| Seat list | 6,200 ms | 620 ms | 10 x |");
    expect(page).to.include("| 5,000 | 610 | off | 900 (850 to 950) | 0 | 6,200 ms |");
    expect(page).to.include("API 310, MySQL 12, Redis 3 us");
    expect(page).to.include(
      "Refused in all rounds, by users: 5,000, cache off: 70 with 503 OVERLOADED.",
    );
    expect(page).to.include("| Seat list | 5,000 | **on** | 1 to 2 | 2 | 180 ms | 0 | 2 |");
    expect(page).to.include("| the other process | 3 | 140 ms | 240 ms | 240 ms | **250 ms** |");
    expect(page).to.include("Every answer was as fresh as stated");
    expect(drawCaching(cachingReport())).to.include("0 of 20,000 answers");
  });

  it("says that the cache is on because it is faster only when it is", () => {
    const page = cachingPage(cachingReport());
    expect(page).to.include(
      "- **The cache is on by default.** With 5,000 users, the average answer of a read takes " +
        "620 ms with the cache and 6,200 ms without it.",
    );
    const [step] = cachingReport().load;
    if (!step) throw new Error("there is a step");
    const slower = cachingReport({ load: [{ ...step, on: loadSide(7000) }] });
    expect(cachingPage(slower)).to.include("- With 5,000 users, the average answer of a read");
    expect(cachingPage(cachingReport({ load: [] }))).to.not.include("average answer of a read");
  });

  it("names the steps that the time limit left out", () => {
    const page = cachingPage(cachingReport({ leftOut: ["seats, 1000 users"] }));
    expect(page).to.include("left these steps out: seats, 1000 users");
  });

  it("draws a dot for each write, and a bar for each side of the largest stampede", () => {
    const drawn = (svg: string, part: string): number => svg.split(part).length - 1;
    const svg = cachingChart(cachingReport());
    expect(drawn(svg, 'class="age"')).to.equal(3);
    expect(drawn(svg, "<rect")).to.equal(3);
    const small = stampede({ buyers: 100 });
    const more = cachingReport({ stampede: [...cachingReport().stampede, small] });
    expect(drawn(cachingChart(more), "<rect")).to.equal(3);
  });

  it("has few ticks of ages, however old the answers are", () => {
    for (const age of [90, 3_300, 60_000]) {
      const svg = cachingChart(cachingReport({ staleness: [staleness({ agesMs: [age] })] }));
      const ages = svg.slice(svg.indexOf("How long each write"));
      expect(ages.split('class="axis"').length - 1).to.be.within(3, 7);
    }
  });

  it("reads its own report again", () => {
    const report = cachingReport();
    expect(cachingReportSchema.parse(JSON.parse(JSON.stringify(report)))).to.deep.equal(report);
  });
});

describe("the promises of the cache", () => {
  const { transactions } = cachingReport();
  const off = { ...loadSide(6200), failedBy: { "500 INTERNAL": 3 } };
  const failing = [
    ["an old answer above the bound", { staleness: [staleness({ agesMs: [90, 271] })] }, "271 ms"],
    ["no old answer at all", { staleness: [staleness({ agesMs: [0, 0] })] }, "no old answer"],
    ["too many loads", { stampede: [stampede({ statements: [2, 3] })] }, "3 statements"],
    ["a copy that had not ended", { stampede: [stampede({ statements: [0] })] }, "not ended"],
    [
      "uncounted statements",
      { stampede: [stampede({ isCached: false, statements: [4999] })] },
      "only 4999",
    ],
    ["a failed request in a stampede", { stampede: [stampede({ failed: 1 })] }, "1 requests"],
    [
      "a failed request under load",
      { load: [{ ...{ read: "seats", users: 5000, rounds: 3 }, on: loadSide(6), off }] },
      "500 INTERNAL",
    ],
    [
      "a value that was not committed",
      { transactions: { ...transactions, seenUncommitted: 1 } },
      "not committed",
    ],
    [
      "a commit that stays unseen",
      { transactions: { ...transactions, agesMs: [266] } },
      "seen free for 266 ms",
    ],
    ["a broken invariant", { invariants: { checked: 10, broken: ["I1"] } }, "I1 is broken"],
  ] as const;

  it("hold in a good report", () => {
    expect(cachingProblems(cachingReport())).to.deep.equal([]);
  });

  for (const [name, part, words] of failing) {
    it(`are broken by ${name}`, () => {
      const report = cachingReportSchema.parse({ ...cachingReport(), ...part });
      expect(cachingProblems(report)).to.have.length(1);
      expect(cachingProblems(report)[0]).to.include(words);
      expect(cachingPage(report)).to.include("Not as stated: ");
    });
  }
});

describe("the counter of statements", () => {
  const packet = (number: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUIntLE(payload.length, 0, 3);
    head[3] = number;
    return Buffer.concat([head, payload]);
  };
  const query = (text: string): Buffer => packet(0, Buffer.from(`\u0003${text}`));

  it("finds each statement, however the bytes are cut", () => {
    const login = packet(1, Buffer.from("\u0003 not a statement"));
    const ping = packet(0, Buffer.from([14]));
    const bytes = Buffer.concat([login, query("SELECT 1"), ping, query(" SELECT 2")]);
    for (const size of [1, 3, 7, bytes.length]) {
      const found: string[] = [];
      const read = packetReader((text) => found.push(text));
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
      expect(found, `${size} bytes at a time`).to.deep.equal(["SELECT 1", "SELECT 2"]);
    }
  });

  it("skips the bytes of query attributes before the text, which MySQL gets", () => {
    const found: string[] = [];
    packetReader((text) => found.push(text))(query("\u0000\u0001\n  SELECT 1"));
    expect(found).to.deep.equal(["SELECT 1"]);
  });

  it("knows a statement by its text before its first value", () => {
    expect(prefixOf(" SELECT id FROM seats WHERE id = :id")).to.equal(
      "SELECT id FROM seats WHERE id =",
    );
    expect(prefixOf("SELECT 1")).to.equal("SELECT 1");
  });
});
