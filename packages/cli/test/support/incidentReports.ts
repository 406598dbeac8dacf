import type {
  IncidentReport,
  IncidentRun,
  IncidentSample,
  IncidentWindow,
} from "@onsale/simulator/study";

function sampleAt(atMs: number): IncidentSample {
  return {
    ...{ atMs, machineCores: 1.9, cpu: { api: 0.9, mysql: 0.4 } },
    api: { inFlight: 100, poolInUse: 16, poolWaiting: 20, loopDelayMs: 40 },
  };
}

function windowOf(fromMs: number, p95Ms: number): IncidentWindow {
  const holds = { accepted: 150, refused: 5, failed: 1, p50Ms: 40, p95Ms };
  const polls = { accepted: 0, refused: 0, failed: 0, p50Ms: 0, p95Ms: 0 };
  const all = { accepted: 600, refused: 5, failed: 1, reasons: { "HTTP 503": 1 } };
  return {
    ...{ fromMs, toMs: fromMs + 10_000, machineCores: 1.91, cpu: { api: 0.92 } },
    ...{ traffic: { holds, polls, all }, loopDelayMs: 140, active: 2000 },
  };
}

/** A run whose runbook ended well. */
export function incidentRun(part: Partial<IncidentRun> = {}): IncidentRun {
  return {
    tookMs: 60_000,
    samples: [1000, 2000, 3000, 4000].map(sampleAt),
    looks: [
      { atMs: 3000, tookMs: 1600, codes: ["OVERLOADED"] },
      { atMs: 6000, tookMs: 30, codes: [] },
    ],
    findings: [{ code: "OVERLOADED", message: "a small read took | 900 ms", atMs: 3000 }],
    saturations: [
      { resource: "cores", sinceMs: 1000, peak: 0.95 },
      { resource: "pool", sinceMs: 1000, peak: 20 },
      { resource: "eventLoop", sinceMs: 2000, peak: 140 },
    ],
    runbooks: [
      {
        ...{ beganMs: 10_000, endedMs: 15_300, status: "DONE", planCount: 2 },
        steps: [
          { atMs: 10_100, step: "lower-admission", point: "reached" },
          { atMs: 10_200, step: "lower-admission", point: "passed", read: "MySQL 12 ms" },
        ],
      },
    ],
    ...{ before: windowOf(0, 4200), after: windowOf(16_000, 310), isDrained: true },
    sale: { arrived: 1020, bought: 900, failed: 0, seats: 2000, seatsSold: 1800 },
    invariants: [{ id: "I1", title: "one live reservation", holds: true, rowsRead: 7 }],
    ...part,
  };
}

/** A study of one number of buyers. */
export function incidentReport(part: Partial<IncidentReport> = {}): IncidentReport {
  return {
    ...{ schemaVersion: 1, takenAt: "2026-11-29T02:50:00.000Z", thinkMs: 2000, windowMs: 10_000 },
    machine: {
      ...{ cpu: "Fast One", memoryMb: 8192, node: "v24.0.0", loadBefore: 0.25 },
      servers: ["MariaDB 10.11", "Redis 7.0", "Apache Kafka 4.3"],
    },
    bounds: { cores: 2, inFlightMax: 512, poolMax: 16 },
    room: { activeCountMax: 2000, admissionRatePerMinute: 60_000, activeTtlMs: 300_000 },
    incidents: [
      {
        buyers: 1000,
        repaired: incidentRun(),
        left: incidentRun({ runbooks: [], after: windowOf(16_000, 3900) }),
      },
    ],
    ...part,
  };
}
