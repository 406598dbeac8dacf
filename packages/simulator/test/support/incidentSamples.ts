import type {
  IncidentRun,
  IncidentSample,
  IncidentWindow,
} from "../../src/study/incidentReport.ts";

const TRAFFIC = { accepted: 10, refused: 1, failed: 0, p50Ms: 40, p95Ms: 120 } as const;

/** A sample of a machine that is not busy. */
export function sampleAt(atMs: number, part: Partial<IncidentSample> = {}): IncidentSample {
  return {
    ...{ atMs, machineCores: 0.4, cpu: { api: 0.2, mysql: 0.1 } },
    mysql: { running: 2, connections: 40, connectionsMax: 151 },
    api: { inFlight: 8, poolInUse: 3, poolWaiting: 0, loopDelayMs: 12 },
    queue: { waiting: 0, active: 50 },
    oldestMessageMs: 300,
    buyers: {
      ...{ holds: TRAFFIC, polls: TRAFFIC, loopDelayMs: 11 },
      all: { accepted: 20, refused: 2, failed: 0 },
    },
    ...part,
  };
}

/** The figures of a stretch. */
export function windowOf(fromMs: number, toMs: number): IncidentWindow {
  const all = { accepted: 20, refused: 2, failed: 0, reasons: { SEAT_CONTENDED: 2 } };
  const traffic = { holds: TRAFFIC, polls: TRAFFIC, all };
  return { fromMs, toMs, traffic, machineCores: 0.4, cpu: { api: 0.2 } };
}

/** A run of nine seconds. */
export function incidentRun(part: Partial<IncidentRun> = {}): IncidentRun {
  return {
    ...{ tookMs: 20_000, looks: [], findings: [], saturations: [], invariants: [], runbooks: [] },
    samples: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => sampleAt(second * 1000)),
    ...{ before: windowOf(0, 4000), after: windowOf(5000, 9000), isDrained: true },
    sale: { arrived: 100, bought: 40, failed: 0, seats: 80, seatsSold: 80 },
    ...part,
  };
}
