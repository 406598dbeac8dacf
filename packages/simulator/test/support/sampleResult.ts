import { mapKeys } from "../../src/measure/mapKeys.ts";
import { requestPhases } from "../../src/measure/recorder.ts";
import { type RushResult, rushResultSchema } from "../../src/rush/rushResult.ts";

const summary = (count: number, p50Ms: number) => ({
  count,
  meanMs: p50Ms,
  p50Ms,
  p90Ms: p50Ms * 2,
  p95Ms: p50Ms * 3,
  p99Ms: p50Ms * 4,
  p999Ms: p50Ms * 5,
  maxMs: p50Ms * 6,
});

const INVARIANTS = ["I1", "I2", "I3"].map((id) => ({
  id,
  title: `rule ${id}`,
  holds: true,
  rowsRead: 120,
  violationCount: 0,
  violations: [],
}));

const PHASES = mapKeys(requestPhases, () => ({
  accepted: summary(5, 12),
  refused: summary(0, 0),
  refusedByCode: {},
  failedByKind: {},
  failed: 0,
}));

const CLIENTS = {
  seed: 7,
  buyers: 5,
  seats: 3,
  arrival: "poisson",
  durationSeconds: 2,
  partySizes: { 1: 0.5, 2: 0.5 },
  thinkMs: 100,
  abandonShare: 0.1,
  retryShare: 0.2,
  chargeShare: 0.5,
  zipfExponent: 0.8,
};

const SERIES = {
  binMs: 1000,
  bins: {
    arrival: [3, 2, 0, 0, 0],
    admission: [2, 2, 1, 0, 0],
    hold: [0, 1, 1, 0, 0],
    refusal: [0, 0, 2, 0, 0],
    sale: [0, 0, 1, 2, 0],
    end: [0, 0, 1, 2, 2],
  },
};

const WAIT_ERRORS = {
  p50Ms: 1200,
  p90Ms: 8400,
  p50Share: 0.08,
  p90Share: 0.31,
  withinGoal: 0.96,
};

const VERDICT = {
  holds: true,
  given: true,
  tested: true,
  scope: "run",
  invariants: INVARIANTS,
  drained: true,
  drainMs: 310,
  pendingMessages: 0,
  acknowledged: { reservations: 3, payments: 2, chargedUsers: 2 },
  internalErrors: 0,
  repeats: 4,
  mismatches: [],
};

/** A small rush of five buyers on three seats that went well, changed by `changes`. */
export function sampleResult(changes: Partial<RushResult> = {}): RushResult {
  return rushResultSchema.parse({
    schemaVersion: 3,
    kind: "rush",
    runId: "a1b2c3",
    startedAt: "2026-03-01T10:20:30.000Z",
    command: "pnpm onsale sim rush --seed 7",
    elapsedMs: 4200,
    clients: CLIENTS,
    room: { activeCountMax: 200, admissionRatePerMinute: 60_000, activeTtlMs: 30_000 },
    verdict: VERDICT,
    sale: {
      seats: 3,
      sold: 3,
      held: 0,
      available: 0,
      soldOutMs: 3900,
      lastSaleMs: 3900,
      unsoldReason: null,
      revenue: 330_000,
    },
    outcomes: { bought: 2, "found-nothing": 3 },
    failureReasons: {},
    requests: {
      accepted: 40,
      refused: 6,
      failed: 0,
      failedByKind: {},
      serverErrors: 0,
      acceptedPerSecond: 9.5,
      refusedPerSecond: 1.4,
    },
    phases: PHASES,
    spans: { wait: summary(5, 800), purchase: summary(2, 2100) },
    waitErrors: {
      join: { ...WAIT_ERRORS, count: 5 },
      poll: { ...WAIT_ERRORS, count: 0 },
    },
    arrivals: { late: 0, lateAfterMs: 50, latestMs: 3 },
    fairness: {
      admitted: 5,
      overtakings: 1,
      comparablePairs: 10,
      gamma: 0.8,
      worstLossPlaces: 1,
      points: [
        [0, 0],
        [1, 2],
        [2, 1],
      ],
    },
    series: SERIES,
    seatMap: [
      { section: "A", price: 150_000, soldMs: [2100] },
      { section: "B", price: 90_000, soldMs: [3900, 3900] },
    ],
    load: { cores: 2, samples: [{ atMs: 500, machine: 1.4, buyers: 0.2, api: 0.6, worker: 0.1 }] },
    faults: [],
    servers: [{ name: "mysql", flavour: "MariaDB 10.11" }],
    apiProcesses: 2,
    machine: { cpu: "Sample CPU", memoryGb: 8, node: "v24.0.0" },
    ...changes,
  });
}

/** The same rush with one rule broken. */
export function brokenResult(message: string): RushResult {
  const good = sampleResult();
  const [first, ...others] = good.verdict.invariants;
  if (first === undefined) throw new Error("The sample has rules");
  const broken = {
    ...first,
    holds: false,
    violationCount: 1,
    violations: [{ message, ids: { seatId: 17 } }],
  };
  const verdict = { ...good.verdict, holds: false, invariants: [broken, ...others] };
  return sampleResult({ verdict });
}
