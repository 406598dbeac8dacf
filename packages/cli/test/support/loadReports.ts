import {
  LOAD_REPORT_VERSION,
  type LoadReport,
  type LoadScenarioResult,
} from "@onsale/simulator/study";

const NO_TIMES = { count: 0, averageMs: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };
const TIMES = { count: 900, averageMs: 12.3, p95Ms: 48.2, p99Ms: 120, maxMs: 300 };

/** A scenario whose first two stages kept the limits and whose third did not. */
export function loadScenario(part: Partial<LoadScenarioResult> = {}): LoadScenarioResult {
  return {
    run: { takenAt: "2026-01-02T03:04:05.000Z", loadBefore: 0.5 },
    ...{ name: "reservation", title: "Hold one of 100 seats", users: 3000, tookMs: 90_000 },
    limits: { p95Ms: 1000, failedShareMax: 0.01 },
    ...{ requests: 1000, perSecond: 11.1, failedShare: 0.02, accepted: TIMES },
    failedBy: { "503": 18, "no answer": 2 },
    steps: [{ step: "hold", accepted: TIMES, refused: { ...NO_TIMES, count: 80 }, failed: 20 }],
    stages: [
      { seconds: 30, users: 1000, requests: 300, p95Ms: 20, failedShare: 0, isKept: true },
      { seconds: 30, users: 2000, requests: 300, p95Ms: 40, failedShare: 0, isKept: true },
      { seconds: 30, users: 3000, requests: 300, p95Ms: 1500, failedShare: 0.05, isKept: false },
    ],
    notKept: ["http_req_failed rate<0.01"],
    cores: { machine: 1.96, parties: { load: 0.5, api: 1.1, mysql: 0.2 } },
    invariants: { checked: 10, broken: [] },
    ...part,
  };
}

/** A report of the given scenarios. */
export function loadReport(scenarios: readonly LoadScenarioResult[]): LoadReport {
  return {
    ...{ schemaVersion: LOAD_REPORT_VERSION, profile: "full" },
    ...{ k6: "k6 v1.1.0", apiProcesses: 2, scenarios: [...scenarios] },
    machine: {
      ...{ cores: 2, cpu: "CPU", memoryMb: 24_576, node: "v24.21.0" },
      ...{ servers: ["MariaDB 10.11", "Redis 7"] },
    },
  };
}
