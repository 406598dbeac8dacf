import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { machineSchema } from "../machine.ts";
import { LOAD_SCENARIOS } from "./loadScenarios.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const LOAD_REPORT_VERSION = 2;

/** The processes whose CPU use is shown. `load` is k6, which plays the users. */
export const loadParties = ["load", "api", "worker", "mysql", "redis", "kafka"] as const;
export type LoadParty = (typeof loadParties)[number];
/** Names of the parties, for people. */
export const loadPartyNames: Readonly<Record<LoadParty, string>> = {
  load: "k6",
  api: "API",
  worker: "worker",
  mysql: "MySQL",
  redis: "Redis",
  kafka: "Kafka",
};

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();
const share = z.number().min(0).max(1);
const cores = z.number().nonnegative();

const timesSchema = z.object({ count, averageMs: ms, p95Ms: ms, p99Ms: ms, maxMs: ms });
export type LoadTimes = z.infer<typeof timesSchema>;

/** Cores in use while most users were there: of each party, and of the whole machine. */
const coresSchema = z.object({
  machine: cores,
  parties: z.partialRecord(z.enum(loadParties), cores),
});
export type LoadCores = z.infer<typeof coresSchema>;

const scenarioSchema = z.object({
  /** The name of the k6 script. */
  name: z.string(),
  /** When and on which commit the scenario ran, and the load average of the machine before it. */
  run: z.object({
    takenAt: z.iso.datetime(),
    commit: z.string().optional(),
    loadBefore: machineSchema.shape.loadBefore,
    /**
     * The memory from which on k6 collected its garbage. Missing: it did so whenever its memory had
     * doubled, which took much of the processor with many users.
     */
    k6MemoryMb: count.optional(),
  }),
  title: z.string(),
  /** The largest number of users at the same time. */
  users: count,
  tookMs: ms,
  limits: z.object({
    p95Ms: ms,
    p99Ms: ms.optional(),
    averageMs: ms.optional(),
    failedShareMax: share,
  }),
  /** All requests, then those of each step. */
  requests: count,
  perSecond: z.number().nonnegative(),
  failedShare: share,
  /** Failed requests by the status of the answer, or "no answer". */
  failedBy: z.record(z.string(), count),
  accepted: timesSchema,
  steps: z.array(
    z.object({ step: z.string(), accepted: timesSchema, refused: timesSchema, failed: count }),
  ),
  stages: z.array(
    z.object({
      seconds: z.number().nonnegative(),
      users: count,
      requests: count,
      p95Ms: ms,
      failedShare: share,
      isKept: z.boolean(),
    }),
  ),
  /** The limits that k6 found not kept, such as "accepted_ms p(95)<1000". */
  notKept: z.array(z.string()),
  cores: coresSchema,
  /** Accepted payments; only in scenarios that pay. */
  payments: count.optional(),
  /** The invariants that were checked after the scenario, and the broken ones among them. */
  invariants: z.object({ checked: count, broken: z.array(z.string()) }),
});
export type LoadScenarioResult = z.infer<typeof scenarioSchema>;

/** The result of the study. */
export const loadReportSchema = z.object({
  schemaVersion: z.literal(LOAD_REPORT_VERSION),
  profile: z.enum(["smoke", "full"]),
  k6: z.string(),
  apiProcesses: count,
  /** The load average belongs to each scenario. */
  machine: machineSchema.omit({ loadBefore: true, loadAfter: true }),
  scenarios: z.array(scenarioSchema),
});
export type LoadReport = z.infer<typeof loadReportSchema>;

/**
 * The newer report, completed with the scenarios that only the older one has, in the order of the
 * plan. Both must be of one profile and one machine; otherwise the newer report is the result.
 */
export function mergeLoadReports(older: LoadReport, newer: LoadReport): LoadReport {
  const { scenarios: before, ...ofOlder } = older;
  const { scenarios, ...ofNewer } = newer;
  if (!isDeepStrictEqual(ofOlder, ofNewer)) return newer;
  const byName = new Map([...before, ...scenarios].map((one) => [one.name, one]));
  const names = LOAD_SCENARIOS.map(({ name }) => name);
  const merged = names.flatMap((name) => byName.get(name) ?? []);
  return { ...newer, scenarios: merged };
}

/** Whether the scenario kept its limits and broke no invariant. */
export function isScenarioGood({ notKept, invariants }: LoadScenarioResult): boolean {
  return notKept.length === 0 && invariants.broken.length === 0;
}

/**
 * The number of users at which the scenario first missed a limit: the users before and after the
 * ramp of the first stage that did. Undefined when every stage kept them.
 */
export function breaksBetween({
  stages,
}: LoadScenarioResult): { readonly from: number; readonly to: number } | undefined {
  const index = stages.findIndex(({ isKept, requests }) => requests > 0 && !isKept);
  if (index < 0) return undefined;
  const before = stages[index - 1]?.users ?? 0;
  const users = stages[index]?.users ?? 0;
  return { from: Math.min(before, users), to: Math.max(before, users) };
}

/** Above this share of the machine's cores, the machine itself is the limit. */
const FULL_SHARE = 0.9;
/** Above this number of cores, one Node process has no time left. */
const PROCESS_CORES_MAX = 0.95;

/** The limit of a scenario while most users were there. `others`: programs outside of the test. */
export type Bottleneck =
  | { readonly kind: "machine"; readonly largest: LoadParty | "others" }
  | { readonly kind: "apiProcesses" }
  | { readonly kind: "none" };

/** Names the bottleneck from the cores in use. */
export function bottleneckOf(
  { cores: used }: Pick<LoadScenarioResult, "cores">,
  machineCores: number,
  apiProcesses: number,
): Bottleneck {
  if (used.machine >= FULL_SHARE * machineCores) {
    let largest: LoadParty | "others" = "others";
    let most = othersCores(used);
    for (const party of loadParties) {
      const own = used.parties[party] ?? 0;
      if (own > most) [largest, most] = [party, own];
    }
    return { kind: "machine", largest };
  }
  const api = used.parties.api ?? 0;
  return api >= PROCESS_CORES_MAX * apiProcesses ? { kind: "apiProcesses" } : { kind: "none" };
}

/** Cores that programs outside of the test used. */
export function othersCores({ machine, parties }: LoadCores): number {
  const own = Object.values(parties).reduce((sum, one) => sum + one, 0);
  return Math.max(0, machine - own);
}
