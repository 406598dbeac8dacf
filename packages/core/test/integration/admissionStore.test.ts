import {
  endOf,
  FIRST_SEQUENCE,
  NOW_MS,
  promotion,
} from "@onsale/conformance/database/admissionActs";
import { newQueueId, QUEUE_SETTINGS } from "@onsale/conformance/database/queueActs";
import { range } from "@onsale/conformance/queue/queueRoom";
import { expect } from "chai";
import type { EndedAdmission, Promotion } from "../../src/ports/queueStore.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { useTestCore } from "../support/testCore.ts";

describe("admissions in the database", () => {
  const opened = useTestCore({}, { checkInvariants: false });
  const store = () => opened().core.admissions;
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    opened().core.withTransaction(work);

  let queueId: string;
  beforeEach(async () => {
    queueId = newQueueId();
    await inTransaction((tx) => store().ensureQueue(tx, queueId, QUEUE_SETTINGS));
  });

  const promote = (...promotions: Promotion[]): Promise<boolean> =>
    inTransaction((tx) => store().recordPromotions(tx, queueId, 0, promotions));
  const finish = (...ends: EndedAdmission[]): Promise<void> =>
    inTransaction((tx) => store().recordEnds(tx, queueId, ends));
  const rows = () =>
    opened().sql(
      `SELECT user_id, sequence, admitted_at_us, entered_at_us, expires_at_ms, ended_at_us,
         end_reason FROM queue_admissions WHERE queue_id = ? ORDER BY sequence`,
      [queueId],
    );

  it("are recorded once when another promoter repeats the call", async () => {
    await promote(promotion(1), promotion(2));
    await promote(promotion(2, { expiresAtMs: 1 }), promotion(3));
    const found = await rows();
    expect(found.map((row) => [row.user_id, row.expires_at_ms])).to.deep.equal(
      [1, 2, 3].map((n) => [n, NOW_MS + 60_000]),
    );
    expect(found[0]).to.deep.equal({
      user_id: 1,
      sequence: FIRST_SEQUENCE + 1,
      admitted_at_us: NOW_MS * 1000 - 1_000_000,
      entered_at_us: FIRST_SEQUENCE + 1,
      expires_at_ms: NOW_MS + 60_000,
      ended_at_us: null,
      end_reason: null,
    });
  });

  it("get their own end time and reason, for 1,200 ends in one call", async () => {
    const reasons = ["PAID", "LEFT", "EXPIRED", "UNCLAIMED"] as const;
    const all = range(1, 1200);
    await promote(...all.map((n) => promotion(n)));
    await finish(...all.map((n) => endOf(n, { reason: reasons[n % 4] ?? "PAID" })));
    const found = (await rows()).map((row) => [row.user_id, row.ended_at_us, row.end_reason]);
    expect(found).to.deep.equal(all.map((n) => [n, NOW_MS * 1000 + n, reasons[n % 4]]));
  });

  it("keep their first end", async () => {
    await promote(promotion(1));
    await finish(endOf(1));
    await finish(endOf(1, { reason: "EXPIRED", endedAtUs: NOW_MS * 2000 }));
    expect((await rows())[0]).to.include({ ended_at_us: NOW_MS * 1000 + 1, end_reason: "PAID" });
  });
});
