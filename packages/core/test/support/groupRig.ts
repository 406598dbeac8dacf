import type { FailureKind } from "../../src/adapters/shared/failureKind.ts";
import type { GroupSettings } from "../../src/adapters/sql/group/groupLine.ts";
import { groupRunner } from "../../src/adapters/sql/group/groupRunner.ts";
import type { Step } from "../../src/adapters/sql/group/step.ts";
import type { Tx, WithTransaction } from "../../src/ports/transaction.ts";
import { fakeClock, settlePromises } from "./fakeClock.ts";
import { recordingMetrics } from "./recorders.ts";

/** An error of the fake database, with the kind that decides how the transaction continues. */
export class DatabaseError extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind) {
    super(`the database says ${kind}`);
    this.kind = kind;
  }
}

const failureKind = (error: unknown): FailureKind =>
  error instanceof DatabaseError ? error.kind : "other";

interface OpenCommit {
  readonly number: number;
  succeed(): void;
  fail(error: unknown): void;
}

/** Transactions whose COMMITs wait until the test answers them. */
function heldTransactions() {
  const commits: OpenCommit[] = [];
  const events: string[] = [];
  let count = 0;
  const alone: WithTransaction = async (work) => {
    count += 1;
    const number = count;
    events.push(`begin ${number}`);
    let value: Awaited<ReturnType<typeof work>>;
    try {
      value = await work({ label: `tx ${number}` });
    } catch (error) {
      events.push(`rollback ${number}`);
      throw error;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    commits.push({ number, succeed: resolve, fail: reject });
    await promise;
    events.push(`commit ${number}`);
    return value;
  };
  async function commitNext(): Promise<void> {
    await settlePromises();
    const commit = commits.shift();
    if (!commit) throw new Error("no transaction waits for its COMMIT");
    commit.succeed();
    await settlePromises();
  }
  async function commitAll(): Promise<void> {
    await settlePromises();
    while (commits.length > 0) await commitNext();
  }
  return { alone, events, commits, commitNext, commitAll };
}

export function groupRig(settings: Partial<GroupSettings> = {}) {
  const server = heldTransactions();
  const clock = fakeClock();
  const metrics = recordingMetrics();
  const withTransaction = groupRunner(
    server.alone,
    { membersMax: 64, lanes: 2, ...settings },
    { clock, metrics, failureKind, nextTurn: () => Promise.resolve() },
  );
  let userCount = 0;
  return {
    ...server,
    clock,
    metrics,
    withTransaction,
    join<T>(work: (tx: Tx) => Promise<T>, userId?: number): Promise<T> {
      userCount += 1;
      return withTransaction(work, { kind: "hold", userId: userId ?? 1_000 + userCount });
    },
  };
}

/** A step that records the arguments of each joint call. */
export function recordedStep(
  name: Step<string, string>["name"],
  parts: Partial<Step<string, string>> = {},
): Step<string, string> & { readonly calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = [];
  return {
    name,
    calls,
    one: async (_tx, args) => {
      calls.push([args]);
      return `${args} alone`;
    },
    many: async (_tx, all) => {
      calls.push(all);
      return all.map((args) => `${args} of ${all.length}`);
    },
    wrote: () => true,
    ...parts,
  };
}
