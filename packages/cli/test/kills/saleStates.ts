import {
  type CoreContext,
  chargePoints,
  configureQueue,
  createConcert,
  createPerformance,
  holdSeats,
  joinQueue,
  startWorker,
} from "@onsale/core";
import type { TestStack } from "../support/testServers.ts";

export const PRICE = 1_000;
const WEEK_MS = 7 * 24 * 3_600_000;
/** Settings of queues whose buyers stay active while commands are killed. */
const ROOM = { activeCountMax: 1, activeTtlMs: 3_600_000, activationMs: 3_600_000 };

export interface Servers {
  readonly core: CoreContext;
  readonly stack: TestStack;
}

let count = 0;

/** A new concert with a queue of its own and three seats, and a user with points. */
export async function newSale(core: CoreContext) {
  count += 1;
  const [queueId, userId] = [`kill-${count}`, 1_000 + count];
  const { id: concertId } = await createConcert(core, {
    ...{ title: `Kill ${count}`, singer: "Ada", queueId },
  });
  await configureQueue(core, { queueId, settings: ROOM });
  const { performanceId } = await createPerformance(core, {
    ...{ concertId, startsAt: new Date(core.clock.nowMs() + WEEK_MS), venue: "Hall" },
    seats: ["A-1", "A-2", "A-3"].map((seatNo) => ({ seatNo, section: "A", price: PRICE })),
  });
  await chargePoints(core, { userId, amount: 10 * PRICE });
  const seats = () => core.seats.ofPerformance(null, performanceId);
  const held = async () => {
    const seatIds = (await seats()).map(({ id }) => id);
    return (await holdSeats(core, { userId, seatIds, queueId })).value.reservationId;
  };
  return { queueId, userId, concertId, performanceId, seats, held };
}

/** A queue with a waiting buyer for each of these users. */
export async function newLine(core: CoreContext, userIds: readonly number[]) {
  const sale = await newSale(core);
  const { queueId } = sale;
  for (const userId of userIds) await joinQueue(core, { queueId, userId });
  const stats = async (): Promise<object> => core.queue.stats(queueId);
  return { ...sale, stats };
}

/** Publishes all messages. */
export async function publishAll(core: CoreContext): Promise<void> {
  const worker = startWorker(core);
  while ((await core.outbox.counts(null)).pending > 0) await core.clock.sleep(50);
  await worker.stop();
}

/** A dead message of a new account. @returns the message's id */
export async function deadMessage({ core, stack }: Servers): Promise<string> {
  await publishAll(core);
  const { userId } = await newSale(core);
  const [message] = await stack.rows<{ id: number; messageId: string }>(
    `SELECT id, message_id AS messageId FROM outbox_messages
     WHERE aggregate_type = 'point-account' AND aggregate_id = ${userId}`,
  );
  if (!message) throw new Error("a charge has a message");
  const failure = { error: "poison", retryInMs: 0, dead: true };
  await core.outbox.markFailed(null, { id: message.id, attempts: 0 }, failure);
  return message.messageId;
}

export const availableSeats = async (seats: Awaited<ReturnType<typeof newSale>>["seats"]) =>
  (await seats()).filter(({ status }) => status === "AVAILABLE").length;
