import type { CoreContext, OpenCoreOptions, OpenedCore } from "@onsale/core";
import { silentMetrics } from "@onsale/core";
import { type BenchStage, setTheStage } from "../bench/benchStage.ts";
import { randomStreams } from "../chance/seededRandom.ts";
import { type ContentionGround, type ContentionRun, contend, doubleSalesOf } from "./contention.ts";
import { estimateOf, meanOf } from "./estimate.ts";
import { DatabaseWork, databaseChangeOf } from "./holdStatements.ts";
import { isDeadlock } from "./isDeadlock.ts";
import type { ContentionFigures, StallFigures } from "./lockReport.ts";
import { buyDuringStall, STALL_MS, STALL_TTL_MS } from "./stalledSeat.ts";
import type { LockStrategy } from "./strategies.ts";

/** The servers of the study. */
export interface LiveServers {
  /** The URL of a database of the study, with or without the index on live seat links. */
  mysqlUrl(hasIndex: boolean): string;
  /** An id that no other buyer has had. */
  newUserId(): number;
  /** Opens the core of a process on one of the databases. */
  open(
    mysqlUrl: string,
    settings: Readonly<Record<string, string>>,
    options: OpenCoreOptions,
  ): Promise<OpenedCore>;
}

export interface LivePlan {
  readonly buyers: readonly number[];
  readonly runs: number;
  /** No further run of a scenario begins after this time, ms. */
  readonly msMax: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called after each run. */
  readonly onRun: (text: string) => void;
}

/** As many API processes as the other measurements have. */
const PROCESSES = 2;
/** A tenth of the buyers get a seat, as in a rush. With less than four seats Zipf is no choice. */
const BUYERS_PER_SEAT = 10;
const ZIPF_SEATS_MIN = 4;
/** Buyers of the run that opens the connections, which is not measured. */
const WARM_UP_BUYERS = 64;
const PATIENT = { SEAT_LOCK_WAIT_MS: "5000", MYSQL_DOWN_AFTER_MS: "10000" };

/** The size of the hall in which buyers choose by Zipf's law. */
export const zipfSeats = (buyers: number): number =>
  Math.max(ZIPF_SEATS_MIN, Math.ceil(buyers / BUYERS_PER_SEAT));

interface OpenedStrategy {
  readonly ground: ContentionGround;
  readonly stage: BenchStage;
  readonly work: DatabaseWork;
  /** The deadlocks so far. */
  deadlocks(): number;
  close(): Promise<void>;
}

/** Measures one strategy on the servers, with each number of buyers on one seat and on a hall. */
export async function measureContention(
  strategy: LockStrategy,
  servers: LiveServers,
  plan: LivePlan,
): Promise<readonly ContentionFigures[]> {
  const opened = await openStrategy(strategy, servers, {});
  const { ground, stage } = opened;
  try {
    const { seatIds } = await stage.addSeats(1);
    const random = randomStreams(plan.seed)(strategy.name);
    await contend(ground, { buyers: WARM_UP_BUYERS, seatIds, random, signal: plan.signal });
    const figures: ContentionFigures[] = [];
    for (const buyers of plan.buyers) {
      for (const seats of [1, zipfSeats(buyers)]) {
        const one = await measureCell(opened, { ...plan, buyers, seats, name: strategy.name });
        if (!one) return figures;
        figures.push(one);
      }
    }
    return figures;
  } finally {
    await opened.close();
  }
}

interface Cell extends Omit<LivePlan, "buyers"> {
  readonly buyers: number;
  readonly seats: number;
  readonly name: string;
}

/** Returns `undefined` when the study was interrupted. */
async function measureCell(
  { ground, stage, work, deadlocks }: OpenedStrategy,
  { buyers, seats, runs: runsMax, msMax, seed, name, signal, onRun }: Cell,
): Promise<ContentionFigures | undefined> {
  const all: ContentionRun[] = [];
  const [deadlocksBefore, statements, rolledBack] = [deadlocks(), work.statements, work.rolledBack];
  const untilMs = performance.now() + msMax;
  for (let run = 0; run < runsMax && (run === 0 || performance.now() < untilMs); run += 1) {
    const { seatIds } = await stage.addSeats(seats);
    // The same choices for every strategy.
    const random = randomStreams(seed)(`choices ${buyers} ${seats} ${run}`);
    const one = await contend(ground, { buyers, seatIds, random, signal });
    if (signal.aborted) return undefined;
    all.push(one);
    onRun(`${name}, ${buyers} buyers, ${seats} ${seats === 1 ? "seat" : "seats"}`);
  }
  const runs = all.length;
  const sold = all.reduce((sum, { acceptedBySeat }) => sum + acceptedBySeat.size, 0);
  const failures: Record<string, number> = {};
  for (const [code, count] of all.flatMap((one) => [...one.failures])) {
    failures[code] = (failures[code] ?? 0) + count;
  }
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return {
    ...{ buyers, seats, failures, failed: failed / runs },
    elapsedMs: estimateOf(all.map(({ elapsedMs }) => elapsedMs)),
    soldOutMs: estimateOf(all.map(({ soldOutMs }) => soldOutMs)),
    accepted: meanOf(all.map(({ accepted }) => accepted)),
    refused: meanOf(all.map(({ refused }) => refused)),
    deadlocks: (deadlocks() - deadlocksBefore) / runs,
    doubleSales: meanOf(all.map(doubleSalesOf)),
    statementsPerSale: (work.statements - statements) / Math.max(1, sold),
    rollbacksPerSale: (work.rolledBack - rolledBack) / Math.max(1, sold),
  };
}

/** Lets buyers of one seat come while the database stalls longer than a seat lock lives. */
export async function measureStall(
  strategy: LockStrategy,
  servers: LiveServers,
  { runs, signal, onRun }: LivePlan,
): Promise<StallFigures | undefined> {
  const opened = await openStrategy(strategy, servers, { SEAT_LOCK_TTL_MS: String(STALL_TTL_MS) });
  const { ground, stage } = opened;
  const accepted: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const { seatIds } = await stage.addSeats(1);
      const [seatId = 0] = seatIds;
      accepted.push(await buyDuringStall(ground, servers.mysqlUrl(strategy.hasIndex), seatId));
      if (signal.aborted) return undefined;
      onRun(`${strategy.name}, stalled database`);
    }
  } finally {
    await opened.close();
  }
  const doubleSales = accepted.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  const times = { ttlMs: STALL_TTL_MS, stallMs: STALL_MS };
  return { ...times, runs, accepted: meanOf(accepted), doubleSales };
}

async function openStrategy(
  strategy: LockStrategy,
  servers: LiveServers,
  settings: Readonly<Record<string, string>>,
): Promise<OpenedStrategy> {
  const work = new DatabaseWork();
  let deadlocks = 0;
  const metrics: CoreContext["metrics"] = {
    ...silentMetrics,
    count(name, labels) {
      if (isDeadlock(name, labels)) deadlocks += 1;
    },
  };
  const mysqlUrl = servers.mysqlUrl(strategy.hasIndex);
  const all = {
    ...PATIENT,
    ...settings,
    SEAT_LOCK: strategy.seatLock,
    ...(!strategy.isGrouped && { TRANSACTION_GROUP_MAX: "1" }),
  };
  const processes: OpenedCore[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.close()));
  };
  try {
    for (let process = 0; process < PROCESSES; process += 1) {
      const databaseChange = databaseChangeOf(strategy, work);
      processes.push(await servers.open(mysqlUrl, all, { role: "api", metrics, databaseChange }));
    }
    const cores = processes.map(({ core }) => core);
    const [first] = cores;
    if (!first) throw new RangeError("The study has at least one process");
    const queueId = `locks-${strategy.name}-${first.ids.uuid().slice(0, 13)}`;
    const stage = await setTheStage(first, queueId);
    const ground = { cores, queueId, newUserId: () => servers.newUserId() };
    return { ground, stage, work, deadlocks: () => deadlocks, close };
  } catch (error) {
    await close();
    throw error;
  }
}
