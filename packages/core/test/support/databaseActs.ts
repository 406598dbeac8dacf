import { message } from "@onsale/conformance/database/outboxActs";
import { HOUR_MS, take } from "@onsale/conformance/database/show";
import fc from "fast-check";
import type { Tx } from "../../src/ports/transaction.ts";
import { ENTRY_KINDS } from "../../src/shared/entryKinds.ts";
import { type Cast, NOW_MS } from "./databaseStory.ts";

/** One act of a story. Its answer uses the names of the story instead of ids. */
export interface StoryAct {
  readonly name: string;
  run(cast: Cast, tx: Tx): Promise<unknown>;
}

const act = (name: string, run: StoryAct["run"]): StoryAct =>
  Object.assign({ name, run }, { [fc.toStringMethod]: () => name });
const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`the cast has no number ${index}`);
  return found;
};

const seatChoice = fc
  .uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 })
  .map((some) => some.toSorted((a, b) => a - b));
const reservation = fc.nat({ max: 4 });
const FINGERPRINT = "f".repeat(64);
const NOW_US = NOW_MS * 1_000;
const placeOf = (n: number) => ({ sequence: NOW_US - n, enteredAtUs: NOW_US - n });

const holds = fc.tuple(seatChoice, reservation).map(([seats, id]) =>
  act(`hold seats ${seats} for reservation ${id}`, ({ core, seatIds, reservationIds }, tx) =>
    take(
      seats.map((seat) => at(seatIds, seat)),
      at(reservationIds, id),
    )(core, tx),
  ),
);
const takes = seatChoice.map((seats) =>
  act(`look at taken seats ${seats}`, async ({ core, seatIds, reservationIds }, tx) => {
    const found = await core.seats.find(
      tx,
      seats.map((seat) => at(seatIds, seat)),
    );
    return found.map((row) => [
      row.status,
      row.version,
      reservationIds.indexOf(row.reservationId ?? 0),
    ]);
  }),
);
/** A transition of a reservation and, if it succeeded, of its seats, as in all workflows. */
const moves = fc
  .tuple(fc.constantFrom("confirm", "cancel", "expire", "refund"), reservation)
  .map(([name, id]) =>
    act(`${name} reservation ${id}`, async ({ core, reservationIds }, tx) => {
      const reservationId = at(reservationIds, id);
      const { version = 1 } = (await core.reservations.find(tx, reservationId)) ?? {};
      const moved =
        name === "expire"
          ? core.reservations.expire(tx, reservationId)
          : core.reservations[name](tx, reservationId, version);
      if (!(await moved)) return "too late";
      if (name === "confirm") return core.seats.confirm(tx, reservationId, 1);
      return core.seats.release(tx, reservationId, name === "refund" ? "SOLD" : "HELD");
    }),
  );
/** A hold that takes all seats or fails, and expires the overdue holds that it replaces. */
const takeOvers = fc.tuple(fc.integer({ min: 3, max: 4 }), seatChoice).map(([id, seats]) =>
  act(`reserve seats ${seats} as ${id}`, async (cast, tx) => {
    const { core, reservationIds } = cast;
    const seatIds = seats.map((seat) => at(cast.seatIds, seat));
    const reservationId = at(reservationIds, id);
    const offered = await core.seats.offered(tx, seatIds, HOUR_MS);
    const count = await take(seatIds, reservationId)(core, tx);
    if (count !== seatIds.length) throw new Error("not all of them");
    const superseded = offered.flatMap((seat) => seat.supersededReservationId ?? []);
    for (const overdueId of new Set(superseded)) {
      await core.reservations.expire(tx, overdueId);
      await core.seats.release(tx, overdueId, "HELD");
    }
    await core.reservations.insert(tx, {
      id: reservationId,
      userId: at(cast.userIds, 0),
      performanceId: cast.performanceId,
      amount: count,
      expiresAt: new Date(core.clock.nowMs() + HOUR_MS),
      seats: offered.map((seat) => ({ seatId: seat.id, price: 1, seatVersion: seat.version + 1 })),
    });
    return superseded.map((overdueId) => reservationIds.indexOf(overdueId));
  }),
);
const overdueLocks = fc.integer({ min: 1, max: 2 }).map((max) =>
  act(`lock ${max} overdue`, async ({ core, reservationIds }, tx) => {
    const ids = await core.reservations.lockOverdue(tx, max);
    return ids.map((id) => reservationIds.indexOf(id));
  }),
);
const allowances = fc.nat({ max: 1 }).map((user) =>
  act(`count the seats of user ${user}`, async (cast, tx) => {
    const { core, userIds, performanceId, reservationIds } = cast;
    const seats = await core.reservations.lockSeatsOfBuyer(tx, at(userIds, user), performanceId);
    return seats.map((seat) => ({
      ...seat,
      reservationId: reservationIds.indexOf(seat.reservationId),
    }));
  }),
);
const posts = fc
  .tuple(
    fc.constantFrom(...ENTRY_KINDS),
    fc.nat({ max: 1 }),
    fc.integer({ min: 1, max: 12 }),
    fc.nat({ max: 1 }),
  )
  .map(([kind, user, amount, key]) =>
    act(`${kind} ${amount} for user ${user} by key ${key}`, (cast, tx) => {
      const entryKey = at(cast.entryKeys, key);
      return cast.core.ledger.post(tx, { userId: at(cast.userIds, user), kind, amount, entryKey });
    }),
  );
/** The reservation of each payment: the first payment exists, the others compete. */
const PAID_RESERVATIONS = [2, 0, 0];
const captures = fc.nat({ max: 2 }).map((payment) =>
  act(`pay by payment ${payment}`, (cast, tx) =>
    cast.core.payments.insert(tx, {
      id: at(cast.paymentIds, payment),
      reservationId: at(cast.reservationIds, at(PAID_RESERVATIONS, payment)),
      userId: at(cast.userIds, 0),
      amount: 1,
    }),
  ),
);
const refunds = fc
  .nat({ max: 2 })
  .map((payment) =>
    act(`refund payment ${payment}`, ({ core, paymentIds }, tx) =>
      core.payments.refund(tx, at(paymentIds, payment), 1),
    ),
  );
const keys = fc.tuple(fc.nat({ max: 1 }), fc.boolean()).map(([key, answers]) =>
  act(`start the key ${key}${answers ? " and answer" : ""}`, async ({ core, userIds }, tx) => {
    const record = { userId: at(userIds, 0), operation: "pay", key: `key-${key}` };
    const start = await core.idempotency.start(tx, record, FINGERPRINT);
    // The port requires that the caller rolls back on this answer.
    if (start.state === "in-progress") throw new Error(start.state);
    if (answers && start.state === "started") await core.idempotency.finish(tx, record, key);
    return start;
  }),
);
const records = fc
  .nat({ max: 1 })
  .map((index) =>
    act(`record message ${index}`, ({ core, messageIds }, tx) =>
      core.inbox.record(tx, "story", at(messageIds, index)),
    ),
  );
const recordsTogether = fc.subarray([0, 1]).map((indexes) =>
  act(`record messages ${indexes.join(" and ")}`, ({ core, messageIds }, tx) =>
    core.inbox.recordAll(
      tx,
      "story",
      indexes.map((index) => at(messageIds, index)),
    ),
  ),
);
const appends = fc.nat({ max: 1 }).map((index) =>
  act(`append message ${index}`, (cast, tx) =>
    cast.core.outbox.append(tx, [
      message({
        messageId: at(cast.messageIds, index),
        aggregateId: at(cast.reservationIds, 0),
        aggregateVersion: index + 1,
        bucket: cast.bucket,
      }),
    ]),
  ),
);
const promotions = fc.integer({ min: 1, max: 2 }).map((n) =>
  act(`record admission ${n}`, ({ core, queueId }, tx) => {
    const admission = {
      userId: n,
      ...placeOf(n),
      admittedAtUs: NOW_US,
      expiresAtMs: NOW_MS + HOUR_MS,
    };
    return core.admissions.recordPromotions(tx, queueId, 1, [admission]);
  }),
);
/**
 * Ends the last admission. For another one, InnoDB may also wait for the row behind the range that
 * it reads; whether it does depends on its plan.
 */
const ends = fc.constant(
  act("end admission 2", ({ core, queueId }, tx) => {
    const times = { admittedAtUs: NOW_US, endedAtUs: NOW_US };
    const end = { userId: 2, ...placeOf(2), ...times, reason: "LEFT" } as const;
    return core.admissions.recordEnds(tx, queueId, [end]);
  }),
);
const generations = fc.constant(
  act("begin a generation", ({ core, queueId }, tx) =>
    core.admissions.beginGeneration(tx, queueId, NOW_MS),
  ),
);

/** The acts that a transaction of a story may run. */
export const anyAct: fc.Arbitrary<StoryAct> = fc.oneof(
  { weight: 6, arbitrary: holds },
  { weight: 2, arbitrary: takes },
  { weight: 5, arbitrary: takeOvers },
  { weight: 10, arbitrary: moves },
  { weight: 3, arbitrary: overdueLocks },
  { weight: 3, arbitrary: allowances },
  { weight: 5, arbitrary: posts },
  { weight: 2, arbitrary: captures },
  { weight: 2, arbitrary: refunds },
  { weight: 3, arbitrary: keys },
  { weight: 2, arbitrary: records },
  { weight: 1, arbitrary: recordsTogether },
  { weight: 3, arbitrary: appends },
  { weight: 2, arbitrary: promotions },
  { weight: 1, arbitrary: ends },
  { weight: 1, arbitrary: generations },
);
