import { expect } from "chai";
import { checkInvariants } from "../../src/invariants/checkInvariants.ts";
import { NOTIFIER } from "../../src/notification/notifier.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { chargedUser, held, makeSale, paid } from "../support/fixtures.ts";
import { NEWS_DAMAGES } from "../support/newsDamages.ts";
import { SALE_DAMAGES } from "../support/saleDamages.ts";
import { type TestCore, useTestCore } from "../support/testCore.ts";

const TABLES = [
  "seats",
  "reservations",
  "reservation_seats",
  "point_accounts",
  "point_entries",
  "payments",
  "idempotency_records",
  "outbox_messages",
  "outbox_publications",
  "inbox_messages",
  "notifications",
  "queues",
  "queue_admissions",
] as const;

/** The database's own defences; without them every kind of damage can be planted. */
const DEFENCES = [
  "ALTER TABLE reservation_seats DROP INDEX reservation_seats_one_live",
  "ALTER TABLE point_accounts DROP CONSTRAINT point_accounts_balance",
  "ALTER TABLE point_entries DROP INDEX point_entries_version",
  "ALTER TABLE outbox_messages DROP INDEX outbox_messages_version",
  "SET FOREIGN_KEY_CHECKS = 0",
];

/** What the relay and the notifier leave behind, and a queue that let four people in. */
const DELIVERY = [
  `INSERT INTO outbox_publications
     (message_id, aggregate_type, aggregate_id, aggregate_version, owner)
   SELECT message_id, aggregate_type, aggregate_id, aggregate_version, 'relay'
   FROM outbox_messages ORDER BY id`,
  "UPDATE outbox_messages SET status = 'PUBLISHED', published_at = NOW(6)",
  `INSERT INTO inbox_messages (consumer, message_id) SELECT '${NOTIFIER}', message_id
   FROM outbox_messages WHERE aggregate_type IN ('reservation', 'payment')`,
  `INSERT INTO notifications (message_id, body) SELECT message_id, '{}'
   FROM outbox_messages WHERE aggregate_type IN ('reservation', 'payment')`,
  "UPDATE queues SET active_count_max = 2, admission_rate_per_minute = 3",
  `INSERT INTO queue_admissions
     (queue_id, user_id, sequence, admitted_at_us, entered_at_us, expires_at_ms, ended_at_us)
   VALUES ('main', 1, 10, 1000000, 10, 60000, 2000000),
     ('main', 2, 20, 1000000, 20, 60000, NULL),
     ('main', 3, 30, 2000000, 30, 60000, NULL),
     ('main', 4, 40, 61000000, 40, 90000, NULL)`,
];

async function makeHistory({ core, sql }: TestCore): Promise<void> {
  const { seatIds } = await makeSale(core, 6);
  const [one, two, three, four] = seatIds;
  if (!one || !two || !three || !four) throw new Error("six seats were made");
  const userId = await chargedUser(core);
  await held(core, userId, [one]);
  const reservationId = await held(core, userId, [two]);
  await payReservation(core, { userId, reservationId, idempotency: { key: "k1" } });
  const refunded = await paid(core, userId, [three]);
  await refundPayment(core, { userId, paymentId: refunded.paymentId });
  const cancelled = await held(core, userId, [four]);
  await cancelReservation(core, { userId, reservationId: cancelled });
  for (const statement of DELIVERY) await sql(statement);
}

describe("the evidence for the invariants", () => {
  const current = useTestCore({}, { checkInvariants: false });

  before("makes a whole history", async () => {
    await makeHistory(current());
    for (const statement of DEFENCES) await current().sql(statement);
    for (const table of TABLES) {
      await current().sql(`CREATE TABLE whole_${table} AS SELECT * FROM ${table}`);
    }
  });

  afterEach("repairs what was damaged", async () => {
    for (const table of TABLES) {
      await current().sql(`DELETE FROM ${table}`);
      await current().sql(`INSERT INTO ${table} SELECT * FROM whole_${table}`);
    }
  });

  it("finds nothing in a history that is whole, and looks at all of it", async () => {
    const report = await expectInvariants(current().core, { drained: true });
    for (const { id, evidence } of report.results) {
      expect(evidence.examined, `rows looked at for ${id}`).to.be.above(0);
    }
  });

  for (const { breaks, what, plant } of [...SALE_DAMAGES, ...NEWS_DAMAGES]) {
    it(`${breaks} finds ${what}`, async () => {
      for (const statement of plant) await current().sql(statement);
      const report = await checkInvariants(current().core, { drained: true });
      const { evidence } = report.results.find((one) => one.id === breaks) ?? {};
      expect(evidence?.violationCount, "violations").to.be.above(0);
      expect(evidence?.violations[0]?.ids).to.be.an("object").that.is.not.empty;
      expect(report.holds).to.equal(false);
    });
  }

  it("does not blame messages on their way as long as nothing has come to rest", async () => {
    const { core, sql } = current();
    await sql("UPDATE outbox_messages SET status = 'PENDING'");
    for (const table of ["inbox_messages", "notifications", "outbox_publications"]) {
      await sql(`DELETE FROM ${table}`);
    }
    await expectInvariants(core, { drained: false });
  });

  it("does not blame what cleanup may have taken away", async () => {
    const { core, sql } = current();
    const old = "NOW(6) - INTERVAL 8 DAY";
    await sql(`UPDATE reservations SET created_at = ${old}, updated_at = created_at,
               expires_at = created_at + INTERVAL 8 DAY + INTERVAL 5 MINUTE`);
    await sql(`UPDATE seats SET hold_expires_at = (SELECT expires_at FROM reservations r
               WHERE r.id = seats.reservation_id) WHERE status = 'HELD'`);
    const refunded = `IF(status = 'REFUNDED', ${old}, NULL)`;
    await sql(`UPDATE payments SET captured_at = ${old}, refunded_at = ${refunded}`);
    await sql(`UPDATE point_entries SET created_at = ${old}`);
    for (const table of ["outbox_messages", "inbox_messages", "outbox_publications"]) {
      await sql(`DELETE FROM ${table}`);
    }
    await sql(`UPDATE notifications SET created_at = ${old}`);
    await expectInvariants(core, { drained: true });
  });

  it("compares what clients were told with what is there", async () => {
    const { core, sql } = current();
    const [pending] = await sql("SELECT id, user_id FROM reservations WHERE status = 'PENDING'");
    const [payment] = await sql("SELECT id FROM payments WHERE status = 'CAPTURED'");
    const userId = Number(pending?.user_id);
    const told = {
      reservationIds: [Number(pending?.id)],
      paymentIds: [Number(payment?.id)],
      chargedByUser: new Map([[userId, 100_000]]),
    };
    await expectInvariants(core, { acknowledged: told });
    const lies = [
      { ...told, reservationIds: [...told.reservationIds, 998, 999] },
      { ...told, paymentIds: [999] },
      { ...told, chargedByUser: new Map([[userId, 100_001]]) },
      { ...told, chargedByUser: new Map([[31, 1]]) },
    ];
    for (const acknowledged of lies) {
      const report = await checkInvariants(core, { acknowledged });
      expect(report.results.filter((one) => !one.holds).map((one) => one.id)).to.deep.equal([
        "I10",
      ]);
    }
  });
});
