import { MINUTE_US } from "./historyFacts.ts";
import type { HistoryRow, HistoryRows } from "./historyRows.ts";

/**
 * Makes seven admissions: three at the same time under the former limits, and after the change of
 * limits two at the same time, then one, then one.
 */
export function queueRows(
  openedUs: number,
): Pick<HistoryRows, "queues" | "queueFormerLimits" | "queueAdmissions"> {
  const queueId = "main";
  const admission = (
    userId: number,
    sequence: number,
    admittedAfterMs: number,
    endedAfterMs?: number,
  ): HistoryRow["queueAdmissions"] => ({
    id: sequence,
    queueId,
    userId,
    sequence,
    admittedAtUs: openedUs + admittedAfterMs * 1000,
    enteredAtUs: openedUs - 10 * MINUTE_US + sequence,
    expiresAtMs: openedUs / 1000 + admittedAfterMs + 60_000,
    endedAtUs: endedAfterMs === undefined ? null : openedUs + endedAfterMs * 1000,
    endReason: endedAfterMs === undefined ? null : "PAID",
  });
  return {
    queues: [
      {
        id: queueId,
        epoch: 1,
        generation: 1,
        settingsVersion: 1,
        activeCountMax: 2,
        admissionRatePerMinute: 3,
        activeTtlMs: 60_000,
        claimMs: 30_000,
        mode: "open",
      },
    ],
    queueFormerLimits: [
      {
        id: 1,
        queueId,
        activeCountMax: 3,
        admissionRatePerMinute: 10,
        endedAtUs: openedUs - MINUTE_US,
      },
    ],
    queueAdmissions: [
      admission(1, 10, -180_000, -120_000),
      admission(2, 20, -180_000, -150_000),
      admission(3, 30, -180_000),
      admission(4, 40, 0, 1_000),
      admission(5, 50, 0),
      admission(6, 60, 1_000),
      admission(7, 70, 60_000),
    ],
  };
}
