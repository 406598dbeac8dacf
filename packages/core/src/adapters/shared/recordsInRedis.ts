import type { AdmissionStore } from "../../ports/admissionStore.ts";
import type { QueueStore } from "../../ports/queueStore.ts";

/**
 * Reads the records of queues from Redis, for processes that serve only waiting buyers. While Redis
 * has the queue, such a process needs no database. Redis has the settings, and promoters send it
 * the epoch. The database answers for a queue without a state in Redis, and for everything else.
 */
export function recordsInRedis(
  admissions: AdmissionStore,
  queue: Pick<QueueStore, "stats">,
): AdmissionStore {
  return {
    ...admissions,
    async findQueue(tx, queueId) {
      const stats = await queue.stats(queueId);
      if ("status" in stats || stats.epoch === 0) return await admissions.findQueue(tx, queueId);
      const { epoch, settings, settingsVersion } = stats;
      return { queueId, epoch, settings, settingsVersion };
    },
  };
}
