import {
  CACHING_REPORT_VERSION,
  type CachingReport,
  type LoadSide,
  type StalenessFigures,
  type StampedeFigures,
} from "@onsale/simulator/study";

const one = (value: number) => ({ median: value, min: value, max: value });

/** A side of a step of the load with this average, ms. */
export function loadSide(meanMs: number): LoadSide {
  return {
    ...{ acceptedPerSecond: { median: 900, min: 850, max: 950 }, refusedPerSecond: one(0) },
    ...{ refusedBy: {}, failedBy: {}, cpuUs: { api: 310, mysql: 12, redis: 3, load: 40 } },
    ms: { mean: one(meanMs), p50: one(meanMs), p95: one(2 * meanMs), p99: one(3 * meanMs) },
  };
}

/** Two processes answer 5,000 buyers with one load each. */
export function stampede(part: Partial<StampedeFigures> = {}): StampedeFigures {
  return {
    ...{ read: "seats", isCached: true, buyers: 5000, rounds: 2, statements: [1, 2] },
    ...{ statementsMax: 2, elapsedMs: one(180), refused: 0, failed: 0, ...part },
  };
}

/** Writes that another process sees after 90, 140 and 240 ms. */
export function staleness(part: Partial<StalenessFigures> = {}): StalenessFigures {
  return { read: "seats", process: "other", agesMs: [90, 140, 240], slowestMs: 20, ...part };
}

/** A report in which every promise holds. */
export function cachingReport(part: Partial<CachingReport> = {}): CachingReport {
  return {
    ...{ schemaVersion: CACHING_REPORT_VERSION, takenAt: "2026-01-02T03:04:05.000Z" },
    ...{ commit: "1234abcd", isQuick: false, tookMs: 300_000 },
    machine: {
      ...{ cores: 2, cpu: "CPU", memoryMb: 24_576, node: "v24.21.0", servers: ["MySQL 9.7.4"] },
      ...{ loadBefore: 0.5, loadAfter: 1.25 },
    },
    ...{ apiProcesses: 2, concerts: 100, seats: 1000, leftOut: [] },
    sources: [
      {
        ...{ read: "seats", source: "process", requests: 100 },
        ms: { mean: 0.6, p50: 0.5, p95: 0.9, p99: 1.1, max: 2 },
      },
    ],
    load: [
      {
        ...{ read: "seats", users: 5000, perSecond: 610, rounds: 3 },
        off: { ...loadSide(6200), refusedBy: { "503 OVERLOADED": 70 } },
        on: loadSide(620),
      },
    ],
    stampede: [stampede(), stampede({ isCached: false, statements: [5000] })],
    staleness: [staleness()],
    transactions: {
      ...{ rolledBack: 8, committed: 8, openMs: 400, answers: 20_000, seenUncommitted: 0 },
      ...{ loadsAroundRollback: 40, loadsWithoutWrite: 41, windowMs: 900 },
      ...{ agesMs: [100, 200], slowestMs: 15 },
    },
    invariants: { checked: 10, broken: [] },
    ...part,
  };
}
