import { ADJUST_OPERATION, DISCARD_OPERATION } from "@onsale/core/testing";
import type { HistoryEditor } from "./corruption.ts";
import { BOB, CONFIRMED } from "./historyFacts.ts";
import type { HistoryRow } from "./historyRows.ts";

export const AUDIT_ID = 7;
const REPLAY_JOB = "00000000-0000-7000-8000-00000000000a";
const DISCARD_JOB = "00000000-0000-7000-8000-00000000000b";

/** The audit record of a discard. */
export const discardAudit = (nowUs: number): HistoryRow["opsAudit"] => ({
  id: AUDIT_ID,
  jobId: DISCARD_JOB,
  operation: DISCARD_OPERATION,
  operator: "mina",
  host: "ops-1",
  command: "onsale outbox dead-letters discard",
  reason: "the consumer has its effect",
  planHash: "f".repeat(64),
  undoes: null,
  outcome: "DONE",
  changed: 1,
  openedAtUs: nowUs,
  closedAtUs: nowUs,
  stateBefore: "{}",
  stateAfter: "{}",
});

/** The audit record of an adjustment of points. */
export const adjustAudit = (nowUs: number): HistoryRow["opsAudit"] => ({
  ...discardAudit(nowUs),
  operation: ADJUST_OPERATION,
  command: "onsale point adjust",
  reason: "a lost compensation",
});

/** Makes the only entry of Bob an adjustment, with its message and its audit record. */
export function adjustBob({ update, insert, nowUs }: HistoryEditor): void {
  insert("opsAudit", adjustAudit(nowUs));
  update("pointEntries", { userId: BOB }, { kind: "ADJUST_CREDIT", adjustAudit: AUDIT_ID });
  const account = { aggregateType: "point-account", aggregateId: BOB } as const;
  update("outboxMessages", account, { type: "point-account.credited" });
}

/** Replays both versions of the confirmed reservation. @param ids of the two publications */
export function replayConfirmed(
  { update, copy }: HistoryEditor,
  ids: { readonly first: number; readonly second: number },
): void {
  const aggregate = { aggregateType: "reservation", aggregateId: CONFIRMED } as const;
  update("outboxMessages", aggregate, { replayJob: REPLAY_JOB });
  for (const [aggregateVersion, id] of [
    [1, ids.first],
    [2, ids.second],
  ] as const) {
    const replayed = { id, replayJob: REPLAY_JOB };
    copy("outboxPublications", { ...aggregate, aggregateVersion }, replayed);
  }
}

/** Discards the first version of the confirmed reservation, with its audit record. */
export function discardFirstOfConfirmed({ update, insert, remove, nowUs }: HistoryEditor): void {
  const first = {
    aggregateType: "reservation",
    aggregateId: CONFIRMED,
    aggregateVersion: 1,
  } as const;
  insert("opsAudit", discardAudit(nowUs));
  const discarded = { status: "DISCARDED", discardAudit: AUDIT_ID, publishedAtUs: null } as const;
  update("outboxMessages", first, discarded);
  remove("outboxPublications", first);
}
