import type { GroupedWork, WithTransaction } from "../../../ports/transaction.ts";
import { GroupLine, type GroupPorts, type GroupSettings } from "./groupLine.ts";

/*
 * Grouped transactions
 *
 * Problem: a commit that survives a power failure costs the database far more than the few rows of
 * one buyer. With a transaction for each request, the rate of holds is the rate of commits.
 *
 * Requests that arrive while a group is being committed form the next group, and share one
 * transaction. No timer waits for more members: the first request of a quiet moment runs at once
 * and alone, exactly as without groups. Two groups of a kind can be on their way at a time (lanes),
 * so that few members need not wait for each other. When one group is large, a second one starts
 * only when it is full, because a group costs as many statements as one of half the size.
 *
 *   line ── a lane is free ──> group of one ── own transaction ──> answer
 *                         └──> group ── all works end ──> COMMIT ──> answers, refusals too
 *                                ├── a member has written and fails ──> roll back;
 *                                │      the others again as a group, this member alone
 *                                ├── a row is locked by another transaction ──> this member alone
 *                                └── a joint statement fails ──> roll back; each half as a group,
 *                                       down to the member that it fails for, which runs alone
 *
 * What must hold:
 * - Row locks do not separate members, so each contested step is decided jointly (`Step.many`), and
 *   a buyer has at most one member on its way. A second request of the buyer waits for the first.
 * - A group never waits long for a lock of another transaction: its steps skip locked rows. With
 *   SKIP LOCKED, a row that another transaction is inserting looks like one that does not exist. So
 *   before a step inserts a row, a read with NOWAIT fails for such rows.
 * - One connection has one statement on its way, and none after its transaction has ended.
 * - Every answer is given after COMMIT. A refusal may rest on what a neighbour wrote. A group that
 *   all members leave has written nothing that stays: it rolls back, and then answers.
 * - Workflows refuse before they write, so that ordinary refusals split no group.
 *
 * A group is one call of the transaction runner: restarts, the bounded wait and the look-up after a
 * lost COMMIT are the runner's. The first outbox message proves the commit of all members.
 *
 * Bounds: `membersMax` members in a group, `lanes` groups of a kind, WAITING_MAX members in a line,
 * WAIT_MS_MAX until a member's transaction begins, ALONE_MAX members that run alone beside the
 * lanes. A member that runs alone in a lane and waits for a row leaves the lane after LANE_MS.
 */

/** Adds groups to a transaction runner. Works without a group keep a transaction of their own. */
export function groupRunner(
  alone: WithTransaction,
  settings: GroupSettings,
  ports: GroupPorts,
): WithTransaction {
  const lines = new Map<string, GroupLine>();

  function lineOf(kind: string): GroupLine {
    const known = lines.get(kind);
    if (known) return known;
    const line = new GroupLine(kind, alone, settings, ports);
    lines.set(kind, line);
    return line;
  }

  return (work, grouped?: GroupedWork) =>
    grouped === undefined || settings.membersMax === 1
      ? alone(work)
      : lineOf(grouped.kind).join(grouped.userId, work);
}
