import { readFileSync } from "node:fs";
import type { MemoryServers } from "@onsale/core/memory";
import { expect } from "chai";
import { z } from "zod";
import { parseReplay } from "../../../src/virtual/explore/scheduleText.ts";
import { runSeed } from "../../../src/virtual/runSeed.ts";

/** Runs that once failed, as `onsale sim explore --replay` takes them. */
const runs = z
  .array(z.object({ run: z.string(), why: z.string() }))
  .parse(
    JSON.parse(readFileSync(new URL("../../../seeds/regression.json", import.meta.url), "utf8")),
  );

describe("sales in virtual time", () => {
  for (const { run, why } of runs) {
    it(`pass all checks in run ${run.slice(0, 40)}, which once failed: ${why}`, async () => {
      const { seed, schedule } = parseReplay(run);
      expect((await runSeed(seed, { schedule })).violations).to.deep.equal([]);
    });
  }

  it("have sales, refunds, losses and failures in the tested seeds", async function () {
    this.timeout(120_000);
    const outcomes = new Set<string>();
    const faults = new Set<string>();
    const endReasons = new Set<string | null>();
    const seen: MemoryServers[] = [];
    const noMutant = { weaken: (servers: MemoryServers) => void seen.push(servers) };
    for (let seed = 1; seed <= 60; seed += 1) {
      const result = await runSeed(seed, { traced: true, mutant: noMutant });
      for (const outcome of result.outcomes.values()) outcomes.add(outcome);
      for (const { kind, text } of result.trace.events) {
        if (kind === "fault") faults.add(text.replace(/^.*: /, "").replace(/ ?\d+.*$/, ""));
      }
    }
    expect([...outcomes]).to.include.members(["bought", "abandoned", "found-nothing", "failed"]);
    for (const { database } of seen) {
      for (const { committed } of database.tables.queueAdmissions.all()) {
        endReasons.add(committed?.endReason ?? null);
      }
    }
    expect([...endReasons]).to.include.members(["PAID", "LEFT", "EXPIRED", "UNCLAIMED"]);
    expect([...faults]).to.include.members([
      "lost-request",
      "lost-answer",
      "late-request",
      "slow-request",
      "slow-answer",
      "crash-before",
      "crash-after",
      "loses all data",
      "stalls for",
      "delivers the last",
    ]);
  });
});
