import { silentMetrics } from "@onsale/core";
import type { SeatLocking } from "../virtual/runPlan.ts";
import { runSeed } from "../virtual/runSeed.ts";
import type { CheckId } from "../virtual/violations.ts";
import { DatabaseWork, databaseChangeOf } from "./holdStatements.ts";
import { isDeadlock } from "./isDeadlock.ts";
import type { VirtualFigures } from "./lockReport.ts";
import type { LockStrategy } from "./strategies.ts";

export interface VirtualPlan {
  readonly firstSeed: number;
  readonly seeds: number;
  /** No seed begins after this time, ms. */
  readonly msMax: number;
  readonly signal: AbortSignal;
  /** Called after each seed. */
  readonly onSeed: (text: string) => void;
}

/** The invariants that a seat with two owners breaks. */
const DOUBLE_SALE: ReadonlySet<CheckId> = new Set(["I1", "I2"]);
const GROUPS = { membersMax: 64, lanes: 2 };

/** Makes a virtual sale use the strategy. */
export function seatLockingOf(strategy: LockStrategy, onDeadlock: () => void): SeatLocking {
  const { seatLock, isGrouped, hasIndex } = strategy;
  return {
    conditions: { seatLock, groups: isGrouped ? GROUPS : { ...GROUPS, membersMax: 1 } },
    databaseChange: () => databaseChangeOf(strategy, new DatabaseWork()),
    metrics: {
      ...silentMetrics,
      count(name, labels) {
        if (isDeadlock(name, labels)) onDeadlock();
      },
    },
    weaken({ database }) {
      if (!hasIndex) database.tables.reservationSeats.dropDefence("reservation_seats_one_live");
    },
  };
}

/**
 * Runs whole virtual sales with the strategy. The faults of a seed include stalls that last longer
 * than a seat lock lives, crashes, lost answers and a Redis that loses its state.
 */
export async function measureVirtual(
  strategy: LockStrategy,
  { firstSeed, seeds, msMax, signal, onSeed }: VirtualPlan,
): Promise<VirtualFigures | undefined> {
  let deadlocks = 0;
  const seatLocking = seatLockingOf(strategy, () => {
    deadlocks += 1;
  });
  const checks = new Set<CheckId>();
  let [failedSeeds, doubleSaleSeeds] = [0, 0];
  let firstFailed: number | undefined;
  const untilMs = performance.now() + msMax;
  let seed = firstSeed;
  for (; seed < firstSeed + seeds && performance.now() < untilMs; seed += 1) {
    const { violations } = await runSeed(seed, { seatLocking });
    // Lets Ctrl-C arrive, because a virtual sale never waits.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return undefined;
    onSeed(`${strategy.name}, virtual sales`);
    if (violations.length === 0) continue;
    failedSeeds += 1;
    firstFailed ??= seed;
    if (violations.some(({ check }) => DOUBLE_SALE.has(check))) doubleSaleSeeds += 1;
    for (const { check } of violations) checks.add(check);
  }
  return {
    ...{
      seeds: seed - firstSeed,
      failedSeeds,
      doubleSaleSeeds,
      deadlocks,
      checks: [...checks].sort(),
    },
    ...(firstFailed !== undefined && { firstFailed }),
  };
}
