import type { Span, SpanAttributes, Tracing } from "../../ports/tracing.ts";
import type { GroupKind, Tx, TxOrNone, WithTransaction } from "../../ports/transaction.ts";
import type { Clock } from "../../shared/clock.ts";
import { spanned } from "../shared/traced/spanned.ts";
import type { Database } from "./database.ts";
import { GroupSplitError, NothingToCommitError } from "./group/groupErrors.ts";
import { MemberTx } from "./group/step.ts";

/*
 * Spans of transactions
 *
 * Problem: the members of a group share the statements and the COMMIT, but each of them belongs to
 * another request, and so to another trace. A span has one parent only.
 *
 *   request A ── transaction ──┬── group ──┬── BEGIN
 *                   :  link ──>┘    :      ├── seats.hold ...
 *   request B ── transaction ── link┘      └── COMMIT
 *
 * - Each traced request has a span "transaction", from its place in the line until its answer. The
 *   outbox message of the request continues this span.
 * - The group's span is a child of the first traced member's transaction, so it is sampled when a
 *   member is. Every member's transaction links to the group, and the group links to the others.
 * - A transaction of one request only has no group: its statements are children of its own span.
 * - Statements find their parent by the transaction that they run in. The asynchronous context
 *   would name any member: a step runs in the context of the member that came last.
 *
 * Wrap the database twice: `runs` under the groups, where a transaction is one of the server, and
 * `requests` above them, where a transaction is that of one request.
 */

/** The two layers of spans. Each takes the database below it. */
export interface TransactionSpans {
  runs(db: Database): Database;
  requests(db: Database): Database;
}

/** One run of the transaction runner, with its restarts. */
interface Run {
  readonly startedMs: number;
  /** The parent of its statements; undefined while no member is traced. */
  span: Span | undefined;
  isGroup: boolean;
  readonly members: Set<Span>;
  attempts: number;
  begunMs: number | undefined;
  workedMs: number | undefined;
}

const SYSTEM = { "db.system.name": "mysql" };

/** The spans of one process, and the runs of its transactions. */
interface Recorder {
  readonly tracing: Tracing;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly runOf: WeakMap<Tx, Run>;
}

/** Creates the spans of the database of one process. */
export function transactionSpans(tracing: Tracing, clock: Recorder["clock"]): TransactionSpans {
  const recorder = { tracing, clock, runOf: new WeakMap<Tx, Run>() };
  const { runOf } = recorder;

  function statement<T>(tx: TxOrNone, name: string, send: () => Promise<T>): Promise<T> {
    const parent = tx === null ? tracing.active() : runOf.get(tx)?.span;
    const attributes = { ...SYSTEM, "db.query.summary": name };
    const span = parent && tracing.start({ name, kind: "client", parent, attributes });
    return span ? spanned(tracing, span, send) : send();
  }

  return {
    runs: (db) => ({
      ...db,
      select: (tx, query, values) => statement(tx, query.name, () => db.select(tx, query, values)),
      change: (tx, sql, values) => statement(tx, sql.name, () => db.change(tx, sql, values)),
      insert: (tx, sql, values) => statement(tx, sql.name, () => db.insert(tx, sql, values)),
      withTransaction: tracedRun(recorder, db.withTransaction),
    }),
    requests: (db) => ({
      ...db,
      withTransaction: tracedRequest(recorder, db.withTransaction),
    }),
  };
}

function tracedRequest({ tracing, runOf }: Recorder, inner: WithTransaction): WithTransaction {
  return (work, grouped) => {
    const parent = tracing.active();
    const name = grouped ? `transaction ${grouped.kind}` : "transaction";
    const span = parent && tracing.start({ name, kind: "internal", parent });
    // Another request can have started the lane in which the work of a member runs.
    if (!span) return inner((tx) => tracing.outside(() => work(tx)), grouped);
    const ownWork = (tx: Tx) =>
      tracing.within(span, () => {
        const run = runOf.get(tx instanceof MemberTx ? tx.shared.root : tx);
        if (run && tx instanceof MemberTx) joinGroup(tracing, run, span, grouped?.kind);
        else if (run) run.span = span;
        return work(tx);
      });
    return spanned(tracing, span, () => inner(ownWork, grouped));
  };
}

/** A restart of the group calls this function again. */
function joinGroup(tracing: Tracing, run: Run, member: Span, kind: GroupKind | undefined): void {
  if (run.members.has(member)) return;
  run.members.add(member);
  if (run.span) {
    run.span.link(member);
  } else {
    const attributes: SpanAttributes = kind === undefined ? {} : { "onsale.group.kind": kind };
    const start = { name: "group", kind: "internal", parent: member, attributes } as const;
    run.span = tracing.start({ ...start, startMs: run.startedMs });
    run.isGroup = true;
  }
  if (run.span) member.link(run.span);
}

function tracedRun({ tracing, clock, runOf }: Recorder, inner: WithTransaction): WithTransaction {
  return async (work) => {
    const run = newRun(clock.monotonicMs());
    try {
      const value = await inner(async (tx) => {
        runOf.set(tx, run);
        run.attempts += 1;
        run.begunMs ??= clock.monotonicMs();
        try {
          return await work(tx);
        } finally {
          run.workedMs = clock.monotonicMs();
        }
      });
      endRun(tracing, run, "COMMIT", clock.monotonicMs());
      return value;
    } catch (error) {
      if (run.isGroup) failGroup(run, error);
      endRun(tracing, run, "ROLLBACK", clock.monotonicMs());
      throw error;
    }
  };
}

function newRun(startedMs: number): Run {
  return {
    ...{ startedMs, span: undefined, isGroup: false, members: new Set<Span>(), attempts: 0 },
    ...{ begunMs: undefined, workedMs: undefined },
  };
}

/** A group that splits, or that all members leave, does its work by a rollback. */
function failGroup({ span }: Run, error: unknown): void {
  if (error instanceof GroupSplitError) span?.set({ "onsale.group.outcome": "split" });
  else if (error instanceof NothingToCommitError) span?.set({ "onsale.group.outcome": "refused" });
  else span?.fail(error);
}

/**
 * Adds the spans of the two ends of the transaction, which are known only now: the first statement
 * of a member names the parent, and it comes after BEGIN.
 */
function endRun(tracing: Tracing, run: Run, end: "COMMIT" | "ROLLBACK", endMs: number): void {
  const { span: parent, startedMs, begunMs, workedMs, attempts, members } = run;
  if (!parent) return;
  const add = (name: string, startMs: number | undefined, untilMs: number | undefined): void => {
    if (startMs === undefined || untilMs === undefined) return;
    const start = { name, kind: "client", parent, startMs } as const;
    tracing.start({ ...start, attributes: SYSTEM })?.end(untilMs);
  };
  add("BEGIN", startedMs, begunMs);
  add(end, workedMs, endMs);
  parent.set({ "onsale.transaction.attempts": attempts });
  if (!run.isGroup) return;
  parent.set({ "onsale.group.traced_members": members.size });
  parent.end(endMs);
}
