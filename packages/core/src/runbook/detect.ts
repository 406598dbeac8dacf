import { type Finding, type FindingCode, finding } from "../diagnosis/findingList.ts";
import { holdFindings } from "../diagnosis/holdFindings.ts";
import { damageFindings } from "../diagnosis/invariantFindings.ts";
import { lagFindings } from "../diagnosis/lagFindings.ts";
import { loadFindings } from "../diagnosis/loadFindings.ts";
import { notificationFindings } from "../diagnosis/notificationFindings.ts";
import { outboxFindings } from "../diagnosis/outboxFindings.ts";
import { queueFindings } from "../diagnosis/queueFindings.ts";
import { workerFindings } from "../diagnosis/workerFindings.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";

interface Detector {
  readonly codes: readonly FindingCode[];
  readonly check: (core: CoreContext) => Promise<readonly Finding[]>;
}

/** The checks of doctor that a runbook can repeat during its run. */
const DETECTORS: readonly Detector[] = [
  { codes: ["WORKER_MISSING", "WORKER_SILENT", "LOOP_STALLED"], check: workerFindings },
  {
    codes: ["QUEUE_LOST", "QUEUE_SETTINGS_DIFFER", "QUEUE_STUCK", "QUEUE_NOT_OPEN"],
    check: queueFindings,
  },
  { codes: ["OUTBOX_OLD", "DEAD_MESSAGES", "MESSAGES_BLOCKED"], check: outboxFindings },
  { codes: ["CONSUMER_LAG"], check: lagFindings },
  { codes: ["NOTIFICATIONS_OLD"], check: notificationFindings },
  { codes: ["OVERLOADED", "LOCKS_CONTENDED", "SERVER_READ_ONLY"], check: loadFindings },
  { codes: ["SEAT_RIGHTS_BROKEN", "SALE_INCONSISTENT", "LEDGER_MISMATCH"], check: damageFindings },
  { codes: ["HOLDS_OVERDUE"], check: holdFindings },
];

/**
 * Repeats the checks that can report these findings. A check that fails because a server is down is
 * a finding itself, because the state that it looks for may exist.
 */
export async function detect(
  core: CoreContext,
  codes: readonly FindingCode[],
): Promise<readonly Finding[]> {
  const needed = DETECTORS.filter((one) => one.codes.some((code) => codes.includes(code)));
  const found = await Promise.all(needed.map(({ check }) => check(core).catch(failed)));
  const wanted: readonly FindingCode[] = [...codes, "CHECK_FAILED"];
  return found.flat().filter(({ code }) => wanted.includes(code));
}

/** @throws an error that is a fault of Onsale, not of a server */
function failed(error: unknown): readonly Finding[] {
  if (!(error instanceof CoreError)) throw error;
  return [finding("CHECK_FAILED", "detection", `the detection failed: ${error.message}`)];
}

/** The queue of a finding whose subject is a queue. */
export function queueOf({ subject }: Finding): string | undefined {
  return subject.startsWith("queue ") ? subject.slice("queue ".length) : undefined;
}

/** The findings that concern the subject of a run; a run without a subject looks at all. */
export function concerning(findings: readonly Finding[], subject: string): readonly Finding[] {
  if (subject === "") return findings;
  return findings.filter((one) => (queueOf(one) ?? subject) === subject);
}
