import { expect } from "chai";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../src/queue/leaveQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { makeSale, newUserId } from "../support/fixtures.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const UNLIMITED_RATE = 1_000_000;

describe("promoters in two processes", () => {
  const current = useTestCore();
  let other: CoreInstance;
  before("opens a second instance", async () => {
    other = await current().another();
  });
  const coreOf = (index: number) => (index % 2 === 0 ? current().core : other.core);

  async function queueOf(settings: { activeCountMax: number; admissionRatePerMinute: number }) {
    const { core } = current();
    const queueId = `race-${newUserId()}`;
    await makeSale(core, 1, { queueId });
    await configureQueue(core, { queueId, settings });
    return queueId;
  }

  async function joined(queueId: string, count: number): Promise<number[]> {
    const userIds = Array.from({ length: count }, newUserId);
    await Promise.all(
      userIds.map((userId, index) => joinQueue(coreOf(index), { queueId, userId })),
    );
    return userIds;
  }

  const race = (queueId: string, times: number) =>
    Promise.all(
      Array.from({ length: times }, (_unused, index) => promoteWaiting(coreOf(index), { queueId })),
    );
  const promotedBy = (results: readonly { promoted: number }[]): number =>
    results.reduce((sum, { promoted }) => sum + promoted, 0);
  const admitted = (queueId: string) =>
    current().sql(
      `SELECT user_id, sequence FROM queue_admissions WHERE queue_id = ?
       ORDER BY admitted_at_us, sequence`,
      [queueId],
    );

  it("admit users up to the cap and no more", async () => {
    const queueId = await queueOf({ activeCountMax: 20, admissionRatePerMinute: UNLIMITED_RATE });
    await joined(queueId, 300);
    const results = await race(queueId, 24);
    expect(promotedBy(results)).to.equal(20);
    expect(await promoteWaiting(other.core, { queueId })).to.deep.equal({
      promoted: 0,
      waiting: 280,
      active: 20,
    });
  });

  it("keep the cap while slots become free, and admit all users in their order", async () => {
    const queueId = await queueOf({ activeCountMax: 7, admissionRatePerMinute: UNLIMITED_RATE });
    await joined(queueId, 100);
    let left = 0;
    while (left < 100) {
      await race(queueId, 6);
      const active = (await admitted(queueId)).slice(left);
      expect(active.length).to.be.within(1, 7);
      await Promise.all(
        active.map(({ user_id: userId }, index) =>
          leaveQueue(coreOf(index), { queueId, userId: Number(userId) }),
        ),
      );
      left += active.length;
    }
    const sequences = (await admitted(queueId)).map((row) => Number(row.sequence));
    expect(sequences).to.have.length(100);
    expect(sequences).to.deep.equal([...sequences].sort((a, b) => a - b));
  });

  it("do not exceed the admission rate", async () => {
    const queueId = await queueOf({ activeCountMax: 1_000, admissionRatePerMinute: 5 });
    await joined(queueId, 50);
    for (let turn = 0; turn < 10; turn += 1) await race(queueId, 4);
    expect((await admitted(queueId)).length).to.be.within(1, 5);
  });

  it("keep a cap that is lowered, without ending an admission", async () => {
    const queueId = await queueOf({ activeCountMax: 20, admissionRatePerMinute: UNLIMITED_RATE });
    await joined(queueId, 60);
    await race(queueId, 4);
    await configureQueue(current().core, { queueId, settings: { activeCountMax: 3 } });
    const { active, promoted } = await promoteWaiting(other.core, { queueId });
    expect({ active, promoted }).to.deep.equal({ active: 20, promoted: 0 });
    await configureQueue(current().core, { queueId, settings: { activeCountMax: 22 } });
    expect(promotedBy(await race(queueId, 4))).to.equal(2);
    const former = await current().sql(
      "SELECT active_count_max FROM queue_former_limits WHERE queue_id = ? ORDER BY id",
      [queueId],
    );
    expect(former.map((row) => row.active_count_max).slice(-2)).to.deep.equal([20, 3]);
  });

  it("admit no user twice, however often users join", async () => {
    const queueId = await queueOf({ activeCountMax: 50, admissionRatePerMinute: UNLIMITED_RATE });
    const userIds = await joined(queueId, 30);
    const rejoin = () =>
      userIds.map((userId, index) => joinQueue(coreOf(index + 1), { queueId, userId }));
    await Promise.all([...rejoin(), race(queueId, 10), ...rejoin()]);
    await race(queueId, 2);
    const rows = await admitted(queueId);
    expect(rows).to.have.length(30);
    expect(new Set(rows.map((row) => row.user_id)).size).to.equal(30);
  });
});
