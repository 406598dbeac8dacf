import type { QueueTicket } from "../../src/queue/queueTicket.ts";
import { admitToken } from "./admitToken.ts";
import { newUserId } from "./fixtures.ts";
import { type MemoryQueue, QUEUE_ID } from "./memoryQueue.ts";

const queueId = QUEUE_ID;

/** Two buyers wait behind an active one who has used the admission. */
export async function oneActiveTwoWaiting(current: () => MemoryQueue) {
  const [active, ...waiting] = [newUserId(), newUserId(), newUserId()];
  const ticket = await current().admitted(active);
  await admitToken(current().core, ticket.token);
  const tickets: QueueTicket[] = [];
  for (const userId of waiting) tickets.push(await current().join(userId));
  return { active, ticket, tickets };
}

/** Reads all places of the queue, and its record. */
export function placesOf(current: () => MemoryQueue) {
  return async () => {
    const { core } = current();
    const page = { offset: 0, max: 100 };
    return {
      waiting: await core.queue.list(queueId, "WAITING", page),
      active: await core.queue.list(queueId, "ACTIVE", page),
      record: await core.admissions.findQueue(null, queueId),
    };
  };
}
