import type { BenchReport, BenchResult, ContenderResult } from "@onsale/simulator/bench";

const warmUp = {
  accepted: 90,
  refused: 8,
  refusedBy: { "409 SEAT_CONTENDED": 8 },
  failed: 0,
  failedBy: {},
  elapsedMs: 1000,
  latencyMs: { p50: 1, p95: 2, p99: 3, max: 4 },
};

const round = {
  ...warmUp,
  cpuMs: { api: 49, redis: 1, load: 2 },
  memoryMb: { api: [170, 171.4] },
  machineCpuMs: 60,
  loadAverage: 1.5,
};

const product: ContenderResult = {
  name: "2 API processes",
  warmUps: [warmUp],
  rounds: [round],
  acceptedPerSecond: { median: 90, min: 80, max: 100 },
  refusedPerSecond: { median: 8, min: 7, max: 9 },
  cpuUs: { api: 500, redis: 12, load: 20 },
};

/** A report with one benchmark, as far as the given values do not say otherwise. */
export function benchReport(rest: Partial<BenchResult> = {}): BenchReport {
  const result: BenchResult = {
    name: "holds",
    title: "Accepted holds",
    operation: "hold",
    tookMs: 1000,
    failures: 0,
    comparisons: [
      {
        title: "256 in flight",
        product,
        yardstick: { ...product, name: "bare loop V0", cpuUs: { yardstick: 150, mysql: 220 } },
        ratio: { median: 0.5, min: 0.4, max: 0.6 },
        latencyRatio: { median: 2, min: 1, max: 3 },
      },
    ],
    invariants: [
      { id: "I1", title: "one live reservation", holds: true, rowsRead: 7, violationCount: 0 },
    ],
    ...rest,
  };
  return {
    takenAt: "2026-01-01T00:00:00.000Z",
    machine: {
      ...{ cores: 2, cpu: "a CPU", memoryMb: 1, node: "v24", servers: ["MariaDB 10"] },
      loadAverage: 0.5,
    },
    benches: [result],
  };
}
