import { systemIds, type WorkerBeat } from "@onsale/core";
import { expect } from "chai";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./show.ts";

/** A time that is longer than the statements of a case take on a busy machine. */
const SLACK_MS = 20 * SECOND_MS;

/** Signs of life of worker processes. */
export function workerStoreCases(db: DatabaseUnderTest): void {
  describe("workers", () => {
    const store = () => db.core.workers;
    const newBeat = (parts: Partial<WorkerBeat> = {}): WorkerBeat => ({
      id: systemIds.uuid(),
      processName: "sale-2:4711 표",
      loops: { "outbox-relay": 12, promotion: 0 },
      ...parts,
    });
    const beaten = async (parts: Partial<WorkerBeat> = {}): Promise<WorkerBeat> => {
      const beat = newBeat(parts);
      await store().beat(beat);
      return beat;
    };
    const listed = async (...beats: readonly WorkerBeat[]) =>
      (await db.other.workers.list()).filter(({ id }) => beats.some((beat) => beat.id === id));
    const find = async (beat: WorkerBeat) => (await listed(beat))[0];

    it("are listed by id, each with its loops and the time since its last beat", async () => {
      const [one, other] = [await beaten(), await beaten({ processName: "sale-3:1", loops: {} })];
      const found = await listed(one, other);
      expect(found.map(({ id }) => id)).to.deep.equal([one.id, other.id].toSorted());
      expect(await find(one)).to.deep.include(one);
      expect(await find(other)).to.deep.include(other);
      await db.passTime(HOUR_MS);
      expect((await find(one))?.silentMs).to.be.within(HOUR_MS, HOUR_MS + SLACK_MS);
    });

    it("replace their loops with each beat, and are silent since the last beat", async () => {
      const first = await beaten();
      await db.passTime(HOUR_MS);
      const last = await beaten({ id: first.id, loops: { promotion: 7 } });
      const found = await find(first);
      expect(found).to.deep.include(last);
      expect(found?.silentMs).to.be.within(0, SLACK_MS);
    });

    it("keep the time of their first beat", async () => {
      const first = await beaten();
      await db.passTime(HOUR_MS);
      await beaten({ id: first.id });
      const later = await beaten();
      const timeOf = async (beat: WorkerBeat) => (await find(beat))?.startedAt.getTime() ?? 0;
      const passedMs = (await timeOf(later)) - (await timeOf(first));
      expect(passedMs).to.be.within(HOUR_MS - SLACK_MS, HOUR_MS + SLACK_MS);
    });

    it("are removed one by one, and may be removed again", async () => {
      const [one, other] = [await beaten(), await beaten()];
      for (let times = 0; times < 2; times += 1) {
        await store().remove(one.id);
        expect(await listed(one, other)).to.have.length(1);
      }
      expect(await find(other)).to.deep.include(other);
    });

    it("are forgotten when they have been silent for the given time", async () => {
      const silent = await beaten();
      await db.passTime(HOUR_MS);
      const alive = await beaten();
      await store().forget(2 * HOUR_MS);
      expect(await find(silent)).to.deep.include(silent);
      expect(await store().forget(HOUR_MS - MINUTE_MS)).to.be.at.least(1);
      expect(await find(silent)).to.equal(undefined);
      expect(await find(alive)).to.deep.include(alive);
    });
  });
}
