import { liveStats, queueRecord } from "../operations/queue/queueFacts.ts";
import type { JsonObject } from "../ports/operationStore.ts";
import type { Situation } from "./runbook.ts";

/**
 * The input of `queue.configure` that halves the load of the active buyers. A limit that the buyers
 * do not reach has no effect, so the number of active buyers counts when it is lower.
 */
export async function halfAdmission({ core, subject }: Situation): Promise<JsonObject> {
  const { settings } = await queueRecord(core, subject);
  const active = (await liveStats(core, subject))?.activeCount ?? settings.activeCountMax;
  const half = (limit: number): number => Math.max(1, Math.floor(limit / 2));
  return {
    queueId: subject,
    settings: {
      activeCountMax: half(Math.min(settings.activeCountMax, Math.max(active, 2))),
      admissionRatePerMinute: half(settings.admissionRatePerMinute),
    },
  };
}
