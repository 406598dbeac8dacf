import { expect } from "chai";
import { type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

/** Cases about the users who are promoted, and about the end of an admission. */
export function queuePromotionCases(room: RoomUnderTest): void {
  describe("promotion", () => {
    it("admits in the order of joining", async () => {
      await room.rebuild({ activeCountMax: 3 });
      await room.line(5, 4, 3, 2, 1);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([5, 4, 3]);
      expect(await room.place(2)).to.include({ status: "WAITING", position: 1 });
    });

    it("returns user, sequence, entry, time and expiry of each admission", async () => {
      await room.rebuild({ activeCountMax: 1 });
      const [sequence = 0] = await room.line(9, 10);
      const { promoted, ended, movedCount, waitingCount, activeCount } = await room.promote();
      expect({ ended, movedCount, waitingCount, activeCount }).to.deep.equal({
        ended: [],
        movedCount: 1,
        waitingCount: 1,
        activeCount: 1,
      });
      expect(promoted).to.have.length(1);
      const [promotion] = promoted;
      expect(promotion).to.include({ userId: 9, sequence, enteredAtUs: sequence });
      expect(promotion?.admittedAtUs).to.be.at.least(sequence);
      expect(promotion?.expiresAtMs).to.equal(
        Math.floor((promotion?.admittedAtUs ?? 0) / 1000) + 600_000,
      );
    });

    it("gives all admissions of a batch the same time", async () => {
      await room.rebuild();
      await room.line(...range(1, 5));
      const { promoted } = await room.promote();
      expect(new Set(promoted.map((promotion) => promotion.admittedAtUs)).size).to.equal(1);
    });

    it("promotes at most as many users as the caller allows", async () => {
      await room.rebuild();
      await room.line(...range(1, 10));
      expect((await room.promote(4)).promoted).to.have.length(4);
    });

    it("admits at most a sixtieth of the rate within a second", async () => {
      await room.rebuild({ admissionRatePerMinute: 601 });
      await room.line(...range(1, 40));
      expect(await room.promoteAndSettle()).to.have.length(11);
      expect(await room.promoteAndSettle()).to.have.length(0);
      await room.passTime(1_001);
      expect(await room.promoteAndSettle()).to.have.length(11);
    });

    it("admits at most the rate within a minute", async () => {
      await room.rebuild({ admissionRatePerMinute: 3 });
      await room.line(...range(1, 10));
      const admitted: number[] = [];
      for (let second = 0; second < 6; second += 1) {
        admitted.push(...userIdsOf(await room.promoteAndSettle()));
        await room.passTime(1_001);
      }
      expect(admitted).to.deep.equal([1, 2, 3]);
      expect(await room.place(4)).to.include({ recentAdmissions: 3 });
      expect(await room.stats()).to.include({ recentAdmissions: 3 });
      await room.passTime(60_000);
      expect(await room.place(4)).to.include({ recentAdmissions: 0 });
      expect(await room.stats()).to.include({ recentAdmissions: 0 });
      expect(userIdsOf(await room.promoteAndSettle())).to.deep.equal([4]);
    });

    it("admits no user while the queue is paused, and continues when it is open", async () => {
      await room.rebuild({ mode: "paused" });
      await room.line(1);
      expect((await room.promote()).promoted).to.have.length(0);
      const { settings } = await room.stats();
      await room.store(1).configure(room.queueId(), { ...settings, mode: "open" }, 2);
      expect((await room.promote()).promoted).to.have.length(1);
    });

    it("follows a cap that is lowered and raised, without ending admissions", async () => {
      await room.rebuild({ activeCountMax: 2 });
      await room.line(...range(1, 5));
      await room.promoteAndSettle();
      const { settings } = await room.stats();
      const configure = (activeCountMax: number) =>
        room.store().configure(room.queueId(), { ...settings, activeCountMax }, 2);
      await configure(1);
      await room.leave(1);
      expect(await room.promote()).to.include({ movedCount: 0, activeCount: 1 });
      await configure(3);
      expect(await room.promote()).to.include({ movedCount: 2, activeCount: 3 });
    });

    it("ends overdue admissions, and gives their slots to the next users", async () => {
      await room.rebuild({ activeCountMax: 1 });
      const [sequence] = await room.line(1, 2);
      await room.promoteAndSettle();
      await room.place(1);
      await room.passTime(600_001);
      const { ended, promoted } = await room.promote();
      expect(ended).to.have.length(1);
      expect(ended[0]).to.include({ userId: 1, sequence, reason: "EXPIRED" });
      expect(ended[0]?.endedAtUs).to.equal(promoted[0]?.admittedAtUs);
      expect(userIdsOf(promoted)).to.deep.equal([2]);
      expect(await room.statusOf(1)).to.equal("NONE");
    });

    it("ends at most a batch of overdue admissions in a call, and the rest later", async () => {
      await room.rebuild();
      await room.line(...range(1, 5));
      await room.promoteAndSettle();
      for (const userId of range(1, 5)) await room.place(userId);
      await room.passTime(600_001);
      expect(await room.promote(2)).to.have.property("activeCount", 3);
      expect(await room.promote(2)).to.have.property("activeCount", 1);
      const full = await room.promote(2);
      expect(full.activeCount).to.equal(0);
      expect(userIdsOf(full.ended)).to.deep.equal([1, 2, 3, 4]);
      await room.settle(full.journal);
      expect(userIdsOf((await room.promote(2)).ended)).to.deep.equal([5]);
    });
  });

  describe("the deadline for the activation of an admission", () => {
    const ACTIVATION_MS = 10_000;

    it("frees the slot of a user who did not activate the admission in time", async () => {
      await room.rebuild({ activeCountMax: 1, activationMs: ACTIVATION_MS });
      await room.line(1, 2);
      await room.promoteAndSettle();
      await room.passTime(ACTIVATION_MS - 1_000);
      expect((await room.promote()).ended).to.deep.equal([]);
      await room.passTime(1_001);
      const { ended, promoted } = await room.promote();
      expect(ended).to.have.length(1);
      expect(ended[0]).to.include({ userId: 1, reason: "UNCLAIMED" });
      expect(userIdsOf(promoted)).to.deep.equal([2]);
      expect(await room.statusOf(1)).to.equal("MISSED");
    });

    for (const way of ["place", "join"] as const) {
      it(`does not free the slot of a user who activated the admission by ${way}`, async () => {
        await room.rebuild({ activeCountMax: 1, activationMs: ACTIVATION_MS });
        await room.line(1, 2);
        await room.promoteAndSettle();
        await room.store(1)[way](room.queueId(), 1);
        await room.passTime(ACTIVATION_MS + 1);
        const { ended, promoted } = await room.promote();
        expect([ended, promoted]).to.deep.equal([[], []]);
        expect(await room.statusOf(1)).to.equal("ACTIVE");
      });
    }

    it("ends an admission only once when it is also overdue", async () => {
      await room.rebuild({ activationMs: ACTIVATION_MS, activeTtlMs: ACTIVATION_MS });
      await room.line(1);
      await room.promoteAndSettle();
      await room.passTime(ACTIVATION_MS + 1);
      const { ended } = await room.promote();
      expect(ended.map(({ userId, reason }) => [userId, reason])).to.deep.equal([[1, "UNCLAIMED"]]);
    });

    it("starts again for the user's next admission", async () => {
      await room.rebuild({ activationMs: ACTIVATION_MS });
      await room.line(1);
      await room.promoteAndSettle();
      await room.leave(1);
      await room.line(1);
      await room.passTime(ACTIVATION_MS + 1);
      await room.promoteAndSettle();
      expect(await room.promote()).to.deep.include({ promoted: [], activeCount: 1 });
    });
  });

  describe("queueStore.stats", () => {
    it("counts waiting users, active users and recent admissions", async () => {
      const startedUs = await room.rebuild(
        { activeCountMax: 2, mode: "draining" },
        { lastSequence: 7 },
      );
      expect(await room.stats()).to.deep.equal({
        waitingCount: 0,
        activeCount: 0,
        recentAdmissions: 0,
        latestAdmissions: 0,
        measuredMs: 0,
        admittedCount: 0,
        stayCount: 0,
        meanStayMs: 0,
        lastSequence: 7,
        generationStartedUs: startedUs,
        settings: {
          activeCountMax: 2,
          admissionRatePerMinute: 600_000,
          activeTtlMs: 600_000,
          activationMs: 600_000,
          mode: "draining",
        },
        settingsVersion: 1,
        epoch: 1,
      });
      const { settings } = await room.stats();
      await room.store().configure(room.queueId(), { ...settings, mode: "open" }, 2);
      const sequences = await room.line(1, 2, 3);
      await room.promoteAndSettle();
      await room.leave(1, "PAID");
      expect(await room.stats()).to.deep.include({
        waitingCount: 1,
        activeCount: 1,
        recentAdmissions: 2,
        lastSequence: sequences[2],
        settings: { ...settings, mode: "open" },
      });
    });
  });
}
