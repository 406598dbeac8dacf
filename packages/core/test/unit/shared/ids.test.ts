import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { validate, version } from "uuid";
import { systemIds, timeOrderedIds } from "../../../src/shared/ids.ts";

const START_MS = 1_790_000_000_000;

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace("-", ""), 16);
}

function expectDifferentAndGrowing(ids: readonly string[]): void {
  expect(new Set(ids).size).to.equal(ids.length);
  expect([...ids].sort()).to.deep.equal(ids);
}

describe("generated ids", () => {
  it("are UUIDs of version 7 that differ and grow", () => {
    const ids = Array.from({ length: 10_000 }, () => systemIds.uuid());
    for (const id of ids) {
      expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(validate(id) && version(id)).to.equal(7);
    }
    expectDifferentAndGrowing(ids);
  });

  it("begin with the time of their creation", () => {
    let nowMs = START_MS;
    const ids = timeOrderedIds(() => nowMs, randomUUID);
    expect(timeOf(ids.uuid())).to.equal(START_MS);
    nowMs += 7;
    expect(timeOf(ids.uuid())).to.equal(START_MS + 7);
  });

  it("grow when one millisecond has more ids than the counter can count", () => {
    const { uuid } = timeOrderedIds(() => START_MS, randomUUID);
    const ids = Array.from({ length: 10_000 }, uuid);
    expectDifferentAndGrowing(ids);
    expect(timeOf(ids.at(-1) ?? "")).to.equal(START_MS + 2);
  });

  it("grow while the clock is set back", () => {
    let nowMs = START_MS;
    const { uuid } = timeOrderedIds(() => nowMs, randomUUID);
    const ids = Array.from({ length: 100 }, () => {
      nowMs -= 1;
      return uuid();
    });
    expectDifferentAndGrowing(ids);
  });

  it("differ between processes that make ids at the same time", () => {
    const processes = [1, 2].map(() => timeOrderedIds(() => START_MS, randomUUID));
    const ids = processes.flatMap(({ uuid }) => Array.from({ length: 1000 }, uuid));
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
