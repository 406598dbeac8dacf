import assert from "node:assert/strict";
import { newEntryKey } from "@onsale/conformance/database/ledgerActs";
import { QUEUE_SETTINGS } from "@onsale/conformance/database/queueActs";
import { HOUR_MS, held, hold, newShow, newUserId } from "@onsale/conformance/database/show";
import { committed } from "@onsale/conformance/transactionRace";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { systemIds } from "../../src/shared/ids.ts";

/** The rows of a story by their names, which do not depend on the ids of the database. */
export interface Cast {
  readonly core: CoreContext;
  readonly performanceId: number;
  /** A seat held by `living`, one held by `overdue`, one sold to `paid`, one for sale. */
  readonly seatIds: readonly number[];
  /** living, overdue, paid, and two reservations that are not inserted yet. */
  readonly reservationIds: readonly number[];
  /** The payment of `paid`, and two payments that are not inserted yet. */
  readonly paymentIds: readonly number[];
  /** A user with 10 points, and a user without an account. */
  readonly userIds: readonly number[];
  readonly entryKeys: readonly string[];
  readonly messageIds: readonly string[];
  readonly queueId: string;
  readonly bucket: number;
}

/** The time of all admissions of all stories. */
export const NOW_MS = 1_790_000_000_000;

let castCount = 0;

async function idsOf(core: CoreContext, kind: "reservation" | "payment", count: number) {
  const ids: number[] = [];
  while (ids.length < count) ids.push(await core.idAllocator.next(kind));
  return ids;
}

/** Inserts the rows of a story into the database. */
export async function newCast(core: CoreContext): Promise<Cast> {
  castCount += 1;
  const queueId = `story-${castCount}`;
  const show = await newShow(core, 8);
  const { performanceId } = show;
  const reservationIds = await idsOf(core, "reservation", 5);
  // lockOverdue also locks the next entry of the index: of two adjacent seats, one would wait.
  const seatIds = show.seatIds.filter((_seatId, index) => index % 2 === 0);
  await held(
    core,
    show.seatIds.filter((_seatId, index) => index % 2 === 1),
  );
  const paymentIds = await idsOf(core, "payment", 3);
  const userIds = [newUserId(), newUserId()];
  const [userId = 0] = userIds;
  // The hold of the overdue reservation has expired when it begins.
  for (const [index, holdMs] of [HOUR_MS, -HOUR_MS, HOUR_MS].entries()) {
    const [seatId, reservationId] = [seatIds[index], reservationIds[index]];
    assert(seatId && reservationId, "they were made");
    await committed(core, hold({ reservationId, seatIds: [seatId], userId, holdMs }));
  }
  const [, , reservationId = 0] = reservationIds;
  await core.withTransaction(async (tx) => {
    await core.reservations.confirm(tx, reservationId, 1);
    await core.seats.confirm(tx, reservationId, 1);
    const payment = { id: paymentIds[0] ?? 0, reservationId, userId, amount: 100 };
    await core.payments.insert(tx, payment);
    const entryKey = newEntryKey();
    await core.ledger.post(tx, { userId, kind: "CHARGE", amount: 10, entryKey });
    await core.admissions.ensureQueue(tx, queueId, QUEUE_SETTINGS);
    await core.admissions.beginGeneration(tx, queueId, NOW_MS);
  });
  return {
    core,
    performanceId,
    seatIds,
    reservationIds,
    paymentIds,
    userIds,
    entryKeys: [newEntryKey(), newEntryKey()],
    messageIds: [systemIds.uuid(), systemIds.uuid()],
    queueId,
    bucket: 2_000 + castCount,
  };
}

const FORMER_CASTS = 10;
const FORMER_ADMISSIONS = 20;

/**
 * Older rows. In a table of two or three rows the optimizer may use any index, and then locks
 * rows that have nothing to do with the statement.
 */
export async function fillTables(core: CoreContext): Promise<void> {
  for (let cast = 0; cast < FORMER_CASTS; cast += 1) {
    const { queueId } = await newCast(core);
    const passes = Array.from({ length: FORMER_ADMISSIONS }, (_unused, index) => {
      const [sequence, admittedAtUs] = [NOW_MS * 1_000 - index, NOW_MS * 1_000];
      const expiresAtMs = NOW_MS + HOUR_MS;
      return { userId: index, sequence, admittedAtUs, enteredAtUs: sequence, expiresAtMs };
    });
    await committed(core, ({ admissions }, tx) =>
      admissions.recordPromotions(tx, queueId, 1, passes),
    );
  }
  await expireOverdue(core);
}

/** Ends the reservations that another story would lock. */
export const dismiss = ({ core }: Cast): Promise<void> => expireOverdue(core);

async function expireOverdue(core: CoreContext): Promise<void> {
  await core.withTransaction(async (tx) => {
    for (const id of await core.reservations.lockOverdue(tx, 100)) {
      await core.reservations.expire(tx, id);
    }
  });
}

/** All visible state of the story's rows, by their names. */
export async function stateOf(cast: Cast): Promise<unknown> {
  const { core, reservationIds, paymentIds, userIds } = cast;
  const seats = await core.seats.find(null, cast.seatIds);
  const nameOf = (id: number | undefined): number => reservationIds.indexOf(id ?? 0);
  return {
    seats: seats.map((row) => [row.status, nameOf(row.reservationId), row.version]),
    reservations: await Promise.all(
      reservationIds.map(async (id) => {
        const found = await core.reservations.find(null, id);
        return found && [found.status, found.version, found.seats.length];
      }),
    ),
    payments: await Promise.all(
      paymentIds.map(async (id) => {
        const found = await core.payments.find(null, id);
        return found && [found.status, found.version, nameOf(found.reservationId)];
      }),
    ),
    entries: await Promise.all(
      userIds.map(async (userId) => {
        const entries = await core.ledger.entriesOf(null, userId, { limit: 100 });
        return entries.map((entry) => [entry.kind, entry.amount, entry.balanceAfter]);
      }),
    ),
    messages: (await core.outbox.pending(null, cast.bucket, 100)).map((stored) => [
      cast.messageIds.indexOf(stored.messageId),
      stored.aggregateVersion,
      stored.attempts,
    ]),
    queue: await core.withTransaction((tx) =>
      core.admissions.beginGeneration(tx, cast.queueId, NOW_MS),
    ),
  };
}
