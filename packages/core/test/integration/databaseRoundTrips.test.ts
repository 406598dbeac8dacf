import { message } from "@onsale/conformance/database/outboxActs";
import { QUEUE_SETTINGS } from "@onsale/conformance/database/queueActs";
import { HOUR_MS, lastTaken, take } from "@onsale/conformance/database/show";
import { expect } from "chai";
import { Sequelize } from "sequelize";
import type { ServerLink } from "../../src/adapters/memory/serverLink.ts";
import { createMemoryServers, openMemoryCore } from "../../src/compose/openMemory.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { openTestCore, type TestCore } from "../support/testCore.ts";
import { configOf } from "../support/testStack.ts";

const KEY = { userId: 1, operation: "pay", key: "k" };
const LEASE = { name: "outbox-bucket:1", owner: "me", epoch: 1 };
const FAILURE = { error: "too large", retryInMs: 0, dead: false };

const threeMessages = () => [1, 2, 3].map(() => message({ bucket: 1 }));
const entry = (kind: "CHARGE" | "SPEND", amount: number, entryKey: string) => ({
  userId: 1,
  kind,
  amount,
  entryKey,
});
const passes = Array.from({ length: 501 }, (_none, sequence) => ({
  userId: sequence,
  sequence,
  admittedAtUs: 1,
  enteredAtUs: 1,
  expiresAtMs: 1,
}));
const ends = passes.map((pass) => ({ ...pass, endedAtUs: 2, reason: "PAID" as const }));
const seats = Array.from({ length: 1_001 }, (_none, index) => ({
  seatNo: String(index),
  section: "A",
  price: 1,
}));
const hold = { userId: 1, performanceId: 1, amount: 1, expiresAt: new Date(4_000_000_000_000) };
const seat = { seatId: 1, price: 1, seatVersion: 1 };

/** Each act has its own transaction and uses the rows of the acts before; ids start at 1. */
const ACTS: Readonly<Record<string, (core: CoreContext, tx: Tx) => Promise<unknown>>> = {
  "a user": ({ users }, tx) => users.insert(tx, "Ada"),
  "a concert": ({ catalog }, tx) =>
    catalog.insertConcert(tx, { title: "T", singer: "S", queueId: "main" }),
  "a performance": ({ catalog }, tx) =>
    catalog.insertPerformance(tx, { concertId: 1, startsAt: new Date(), venue: "Hall" }),
  "seats in parts": ({ catalog }, tx) => catalog.insertSeats(tx, 1, seats),
  "a list of concerts": ({ catalog }, tx) => catalog.listConcerts(tx, { title: "t", limit: 10 }),
  "a list of concerts by date": ({ catalog }, tx) =>
    catalog.listConcerts(tx, { title: "t", from: new Date(0), limit: 10 }),
  "a concert found": ({ catalog }, tx) => catalog.findConcert(tx, 1),
  performances: ({ catalog }, tx) => catalog.performancesOf(tx, 1),
  "a performance found": ({ catalog }, tx) => catalog.findPerformance(tx, 1),
  "the seats of a hall": ({ catalog }, tx) => catalog.seatsOf(tx, 1),
  "free seats": ({ catalog }, tx) => catalog.freeSeatIds(tx, 1),
  "a seat locked": (core, tx) => core.seats.lock(tx, [1]),
  "a seat offered": (core, tx) => core.seats.offered(tx, [1], HOUR_MS),
  "a hold": take([1], 1),
  "a reservation": ({ reservations }, tx) =>
    reservations.insert(tx, { id: 1, ...hold, seats: [seat] }),
  "a reservation found": ({ reservations }, tx) => reservations.find(tx, 1),
  "a reservation not found": ({ reservations }, tx) => reservations.find(tx, 9),
  "reservations of a user": ({ reservations }, tx) => reservations.ofUser(tx, 1, { limit: 5 }),
  "a page of none": ({ reservations }, tx) => reservations.ofUser(tx, 1, { beforeId: 1, limit: 5 }),
  "overdue ones": ({ reservations }, tx) => reservations.lockOverdue(tx, 10),
  "seats of a buyer": ({ reservations }, tx) => reservations.lockSeatsOfBuyer(tx, 1, 1),
  "seats of a buyer again": ({ reservations }, tx) => reservations.lockSeatsOfBuyer(tx, 1, 1),
  "unpaid ones": ({ reservations }, tx) => reservations.pendingOfQueue(tx, 1, "main", 5),
  "an end too early": ({ reservations }, tx) => reservations.expire(tx, 1),
  "a confirmation": ({ reservations }, tx) => reservations.confirm(tx, 1, 1),
  "seats sold": (core, tx) => core.seats.confirm(tx, 1, 1),
  "seats found": (core, tx) => core.seats.find(tx, [1, 2]),
  "seats of a performance": (core, tx) => core.seats.ofPerformance(tx, 1),
  "a payment": ({ payments }, tx) =>
    payments.insert(tx, { id: 1, reservationId: 1, userId: 1, amount: 1 }),
  "a payment found": ({ payments }, tx) => payments.find(tx, 1),
  "a refund": ({ payments }, tx) => payments.refund(tx, 1, 1),
  "a refunded reservation": ({ reservations }, tx) => reservations.refund(tx, 1, 2),
  "seats given back": (core, tx) => core.seats.release(tx, 1, "SOLD"),
  "a spend without an account": ({ ledger }, tx) => ledger.post(tx, entry("SPEND", 1, "none")),
  "a first charge": ({ ledger }, tx) => ledger.post(tx, entry("CHARGE", 5, "first")),
  "a charge": ({ ledger }, tx) => ledger.post(tx, entry("CHARGE", 5, "second")),
  "a spend": ({ ledger }, tx) => ledger.post(tx, entry("SPEND", 5, "spend")),
  "a balance": ({ ledger }, tx) => ledger.balanceOf(tx, 1),
  entries: ({ ledger }, tx) => ledger.entriesOf(tx, 1, { limit: 5 }),
  "the start of a key": ({ idempotency }, tx) => idempotency.start(tx, KEY, "f"),
  "a key in progress": ({ idempotency }, tx) => idempotency.start(tx, KEY, "f"),
  "an answer": ({ idempotency }, tx) => idempotency.finish(tx, KEY, { fine: true }),
  "an answered key": ({ idempotency }, tx) => idempotency.start(tx, KEY, "f"),
  "old keys": ({ idempotency }, tx) => idempotency.cleanUp(tx, 0, 10),
  "no message": ({ outbox }, tx) => outbox.append(tx, []),
  messages: ({ outbox }, tx) => outbox.append(tx, threeMessages()),
  "messages pending": ({ outbox }, tx) => outbox.pending(tx, 1, 10),
  "messages due": ({ outbox }, tx) => outbox.due(tx, 1, 10),
  "a message failed": ({ outbox }, tx) => outbox.markFailed(tx, { id: 3, attempts: 0 }, FAILURE),
  "a mark without a lease": ({ outbox }, tx) => outbox.markPublished(tx, [LEASE], [1]),
  "a lease": ({ leases }) => leases.acquire(LEASE.name, LEASE.owner, HOUR_MS),
  "a lease renewed": ({ leases }) => leases.acquire(LEASE.name, LEASE.owner, HOUR_MS),
  "a lease refused": ({ leases }) => leases.acquire(LEASE.name, "you", HOUR_MS),
  "a mark": ({ outbox }, tx) => outbox.markPublished(tx, [LEASE], [1, 2]),
  "another mark": ({ outbox }, tx) => outbox.markPublished(tx, [LEASE], [3]),
  "a mark of nothing": ({ outbox }, tx) => outbox.markPublished(tx, [LEASE], []),
  "counts of messages": ({ outbox }, tx) => outbox.counts(tx),
  "old messages, of which there are none": ({ outbox }, tx) => outbox.cleanUp(tx, HOUR_MS, 10),
  "a lease given back": ({ leases }) => leases.release(LEASE),
  "leases listed": ({ leases }) => leases.list("outbox-"),
  "leases forgotten": ({ leases }) => leases.forget("outbox-", HOUR_MS),
  "a record of the inbox": ({ inbox }, tx) => inbox.record(tx, "c", "m"),
  "records of the inbox": ({ inbox }, tx) => inbox.recordAll(tx, "c", ["m", "n"]),
  "old records, of which there are none": ({ inbox }, tx) => inbox.cleanUp(tx, "c", HOUR_MS, 10),
  "a notification": ({ notifications }, tx) =>
    notifications.insert(tx, { messageId: "m", body: {} }),
  "a notification taken": ({ notifications }, tx) => notifications.takeDue(tx, 10, HOUR_MS),
  "no notification taken": ({ notifications }, tx) => notifications.takeDue(tx, 10, HOUR_MS),
  "a notification failed": ({ notifications }, tx) =>
    notifications.markFailed(tx, lastTaken(1), FAILURE),
  "a notification delivered": ({ notifications }, tx) => notifications.markDelivered(tx, [1]),
  "no notification delivered": ({ notifications }, tx) => notifications.markDelivered(tx, []),
  "counts of notifications": ({ notifications }, tx) => notifications.counts(tx),
  "old notifications": ({ notifications }, tx) => notifications.cleanUp(tx, HOUR_MS, 10),
  "a queue": ({ admissions }, tx) => admissions.ensureQueue(tx, "main", QUEUE_SETTINGS),
  "a queue found": ({ admissions }, tx) => admissions.findQueue(tx, "main"),
  queues: ({ admissions }, tx) => admissions.listQueueIds(tx),
  settings: ({ admissions }, tx) => admissions.saveSettings(tx, "main", QUEUE_SETTINGS),
  "passes in parts": ({ admissions }, tx) => admissions.recordPromotions(tx, "main", 0, passes),
  "ends in parts": ({ admissions }, tx) => admissions.recordEnds(tx, "main", ends),
  "a pass": ({ admissions }, tx) => admissions.findAdmission(tx, "main", 1),
  "a rebuild": ({ admissions }, tx) => admissions.beginGeneration(tx, "main", 1),
  "a fresh block of ids": ({ idAllocator }) => idAllocator.next("payment"),
  "an id of the block": ({ idAllocator }) => idAllocator.next("payment"),
};

/** The number of statements of each act, by a counter of all statements. */
async function countEach(core: CoreContext, counted: () => number) {
  const counts: Record<string, number> = {};
  for (const [name, act] of Object.entries(ACTS)) {
    const before = counted();
    await core.withTransaction((tx) => act(core, tx));
    counts[name] = counted() - before;
  }
  return counts;
}

describe("in-memory database, round trips", () => {
  const HOOK = "counts statements";
  let opened: TestCore;
  let sqlCount = 0;

  before("opens a core on MySQL whose statements are counted", async () => {
    Sequelize.addHook("afterInit", HOOK, (sequelize: Sequelize) => {
      sequelize.addHook("afterQuery", (_options, query) => {
        const isFrame = /^(START|COMMIT|ROLLBACK|SET|SELECT VERSION)\b/.test(
          Reflect.get(query, "sql"),
        );
        if (!isFrame) sqlCount += 1;
      });
    });
    opened = await openTestCore();
    Sequelize.removeHook("afterInit", HOOK);
  });
  after(async () => {
    await opened.close();
  });

  it("makes as many round trips as MySQL, so that the same races are possible", async () => {
    let callCount = 0;
    const link: ServerLink = {
      async call(_server, point, work) {
        if (!["begin", "commit", "rollback"].includes(point)) callCount += 1;
        return work();
      },
    };
    const memory = openMemoryCore(configOf(opened.stack), createMemoryServers(), { link });
    const inMemory = await countEach(memory.core, () => callCount);
    await memory.close();
    const inMysql = await countEach(opened.core, () => sqlCount);
    expect(inMemory).to.deep.equal(inMysql);
    expect(Math.max(...Object.values(inMysql))).to.be.above(4);
  });
});
