import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, createConnection } from "mysql2/promise";
import { ageBoundsMs, type TransactionFigures } from "../../study/caching/cachingReport.ts";
import type { RunningApis } from "../benchApis.ts";
import type { CachingStage } from "./cachedReads.ts";
import { listsSeat } from "./measureStaleness.ts";
import { type PolledAnswer, pollRead, type ReadPoller } from "./readPoller.ts";
import type { StatementCounter } from "./statementCounter.ts";

export interface TransactionsOptions {
  readonly mysqlUrl: string;
  /** API processes whose statements pass the counter. */
  readonly apis: RunningApis;
  readonly counter: Pick<StatementCounter, "count">;
  /** Number of rolled-back and of committed transactions. */
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Longer than the bound, so that every process loads the list while the transaction is open. */
const OPEN_MS = ageBoundsMs.seats + 150;
/** An old answer after this time would be above the bound. */
const AFTER_MS = ageBoundsMs.seats + 250;

const TAKE = "UPDATE seats SET status = 'SOLD' WHERE id = ?";
const GIVE_BACK = "UPDATE seats SET status = 'AVAILABLE' WHERE id = ?";
const LOAD = "catalog.freeSeatIds";

/**
 * Takes a seat in a transaction that stays open, rolls it back or commits it, and looks at the seat
 * lists of every process meanwhile.
 */
export async function measureTransactions(
  { reads, seatIds }: CachingStage,
  { mysqlUrl, apis, counter, rounds, signal }: TransactionsOptions,
): Promise<TransactionFigures> {
  const text = reads.find(({ name }) => name === "seats")?.hot[0] ?? "";
  // The last seats, because the study of the age holds the first ones.
  const seatId = seatIds.at(-1) ?? 0;
  const pollers = apis.targets.map((target) => pollRead(target, text));
  const connection = await createConnection({ uri: mysqlUrl });
  let seenUncommitted = 0;
  const loads = { aroundRollback: 0, withoutWrite: 0 };
  const agesMs: number[] = [];
  const seesTaken = (isWrong: (answer: PolledAnswer) => boolean): void => {
    for (const poller of pollers) {
      poller.onAnswer = (answer) => {
        if (!listsSeat(answer.body, seatId) && isWrong(answer)) seenUncommitted += 1;
      };
    }
  };
  try {
    await sleep(AFTER_MS);
    for (let round = 0; round < rounds; round++) {
      signal.throwIfAborted();
      seesTaken(() => true);
      loads.withoutWrite += await loadsDuring(counter, () => sleep(OPEN_MS + AFTER_MS));
      loads.aroundRollback += await loadsDuring(counter, async () => {
        await takeIn(connection, seatId);
        await connection.rollback();
        await sleep(AFTER_MS);
      });
      let commitMs = Number.POSITIVE_INFINITY;
      seesTaken(({ gotMs }) => gotMs < commitMs);
      await takeIn(connection, seatId);
      commitMs = performance.now();
      await connection.commit();
      agesMs.push(...(await agesAfterCommit(pollers, seatId)));
      await connection.query(GIVE_BACK, [seatId]);
      await sleep(AFTER_MS);
    }
  } finally {
    await connection.end();
    await Promise.all(pollers.map((poller) => poller.stop()));
  }
  return {
    ...{ rolledBack: rounds, committed: rounds, openMs: OPEN_MS, windowMs: OPEN_MS + AFTER_MS },
    ...{ answers: pollers.reduce((sum, one) => sum + one.answers(), 0), seenUncommitted, agesMs },
    ...{ loadsAroundRollback: loads.aroundRollback, loadsWithoutWrite: loads.withoutWrite },
    slowestMs: Math.max(...pollers.map((one) => one.slowestMs())),
  };
}

/** Begins a transaction, takes the seat, and leaves the transaction open for a while. */
async function takeIn(connection: Connection, seatId: number): Promise<void> {
  await connection.beginTransaction();
  await connection.query(TAKE, [seatId]);
  await sleep(OPEN_MS);
}

async function loadsDuring(
  counter: TransactionsOptions["counter"],
  work: () => Promise<unknown>,
): Promise<number> {
  const before = counter.count(LOAD);
  await work();
  return counter.count(LOAD) - before;
}

/** @returns for each process, how long after now a request still got the old answer, ms */
async function agesAfterCommit(
  pollers: readonly ReadPoller[],
  seatId: number,
): Promise<readonly number[]> {
  const doneMs = performance.now();
  const ages = pollers.map((poller) => {
    const age = { ms: 0 };
    poller.onAnswer = ({ sentMs, body }) => {
      if (sentMs >= doneMs && listsSeat(body, seatId)) age.ms = sentMs - doneMs;
    };
    return age;
  });
  await sleep(AFTER_MS);
  return ages.map(({ ms }) => ms);
}
