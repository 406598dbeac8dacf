import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { messageStates } from "./messageStates.ts";

/*
 * Replay, redrive, discard: how operators change outbox messages
 *
 * - Replay: a PUBLISHED message becomes PENDING, and the relays publish it again. It keeps its
 *   message id, so that each consumer's inbox recognises it and its effect does not happen twice.
 *   A message with a new id would have its effect again, so no operation gives one.
 * - Redrive: a DEAD message becomes PENDING with all its attempts.
 * - Discard: a DEAD message is never published. The later messages of its aggregate follow.
 *
 * Order: messages become PENDING in the order of their ids, which is the order of the versions of
 * each aggregate. The relay publishes by id, and blocks the aggregate behind a message that fails.
 * So a replay keeps the order within itself, and a message that is new during a replay comes after
 * the replayed ones of its aggregate that are PENDING by then. Each publication keeps the job of
 * its replay; I6 judges each job by itself.
 *
 * Failures:
 * - The operator's process dies: the changed messages are PENDING and are published; the same job
 *   continues with the later ones. A step and its checkpoint commit together.
 * - The broker refuses a replayed message: it blocks the later messages of its aggregate, also new
 *   ones, like every message that fails.
 *
 * A consumer's inbox forgets a message after twice the retention. A replay therefore leaves out
 * messages whose first publication is longer ago than the retention: Kafka may keep the new copy
 * for one retention more.
 *
 * Not promised: that a consumer without an inbox sees a message once.
 */

type Core = Pick<CoreContext, "outboxAdmin" | "config">;

/** Makes published messages PENDING again. @returns their number */
export function replayMessages(
  core: Core,
  tx: Tx,
  ids: readonly number[],
  jobId: string,
): Promise<number> {
  messageStates.requireMove("PUBLISHED", "PENDING");
  return core.outboxAdmin.replay(tx, ids, { jobId, withinMs: core.config.retentionMs });
}

/** Makes DEAD messages PENDING again. @returns their number */
export function redriveMessages(core: Core, tx: Tx, ids: readonly number[]): Promise<number> {
  messageStates.requireMove("DEAD", "PENDING");
  return core.outboxAdmin.redrive(tx, ids);
}

/** Discards DEAD messages. @param auditId the record of the decision @returns their number */
export function discardMessages(
  core: Core,
  tx: Tx,
  ids: readonly number[],
  auditId: number,
): Promise<number> {
  messageStates.requireMove("DEAD", "DISCARDED");
  return core.outboxAdmin.discard(tx, ids, auditId);
}
