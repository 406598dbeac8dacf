import { cpus, totalmem } from "node:os";
import type { CoreContext, InvariantReport } from "@onsale/core";
import type { BuyerPlan } from "../actors/buyerPlan.ts";
import type { ClientEnvironment } from "../actors/clientEnvironment.ts";
import type { SessionResult } from "../actors/runSession.ts";
import type { LoadSample } from "../live/loadSampler.ts";
import { admissionRanks } from "../measure/admissionRanks.ts";
import { binEvents } from "../measure/binEvents.ts";
import { fairnessOf } from "../measure/fairness.ts";
import { mapKeys } from "../measure/mapKeys.ts";
import { estimateSources, type Recorder, requestPhases, spanPhases } from "../measure/recorder.ts";
import type { DrainOutcome } from "./drainSale.ts";
import type { KilledApi } from "./killApi.ts";
import { isInstallation, type RushOptions } from "./rushOptions.ts";
import { RUSH_RESULT_VERSION, type RushResult } from "./rushResult.ts";
import { mapOfSeats, type SeatAtEnd, summariseSale } from "./saleOutcome.ts";
import type { PreparedSale } from "./setUpSale.ts";

/** The records of a run. */
export interface RushRecord {
  readonly options: RushOptions & {
    readonly baseUrls: readonly string[];
    readonly queueUrls?: readonly string[] | undefined;
    readonly runId: string;
  };
  readonly sale: PreparedSale;
  readonly environment: ClientEnvironment;
  readonly clients: readonly BuyerPlan[];
  readonly stories: readonly SessionResult[];
  readonly elapsedMs: number;
  readonly drain: DrainOutcome;
  /** The result of the invariant checks; undefined when the rush was ended early. */
  readonly report: InvariantReport | undefined;
  readonly seats: Awaited<ReturnType<CoreContext["seats"]["ofPerformance"]>>;
  readonly faults: readonly KilledApi[];
  readonly load: readonly LoadSample[];
}

/**
 * A buyer counts as late when the first request is sent later than this after its intended start,
 * ms.
 */
const LATE_AFTER_MS = 50;
const GIGABYTE = 1024 ** 3;

/** Builds the result that the JSON, the report and the summary show. */
export function buildResult(record: RushRecord): RushResult {
  const { options, environment, stories, elapsedMs, load } = record;
  const admitted = stories.flatMap(({ intendedMs, admittedMs }) =>
    admittedMs === undefined ? [] : [{ arrivedAt: intendedMs, admittedAt: admittedMs }],
  );
  const seats = seatsAtEnd(record);
  return {
    schemaVersion: RUSH_RESULT_VERSION,
    kind: "rush",
    runId: options.runId,
    startedAt: new Date(environment.opensAtMs).toISOString(),
    command: options.command ?? null,
    elapsedMs,
    clients: clientsOf(options),
    room: { ...options.room },
    verdict: verdictOf(record),
    sale: summariseSale(seats, record),
    outcomes: countBy(stories.map((story) => story.outcome)),
    failureReasons: countBy(stories.flatMap((story) => story.reason ?? [])),
    requests: requestsOf(environment.recorder, elapsedMs),
    phases: mapKeys(requestPhases, (phase) => environment.recorder.phaseSummary(phase)),
    spans: mapKeys(spanPhases, (span) => environment.recorder.spanSummary(span)),
    waitErrors: mapKeys(estimateSources, (by) => environment.recorder.waitErrors(by)),
    arrivals: arrivalsOf(stories),
    fairness: { ...fairnessOf(admitted), points: admissionRanks(admitted) },
    series: binEvents(environment.recorder.events, elapsedMs),
    seatMap: mapOfSeats(record.sale.hall, seats),
    load: { cores: cpus().length, samples: [...load] },
    faults: [...record.faults],
    servers: [...(options.servers ?? [])],
    apiProcesses: options.baseUrls.length,
    queueProcesses: options.queueUrls?.length ?? 0,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      memoryGb: Math.round(totalmem() / GIGABYTE),
      node: process.version,
    },
  };
}

function seatsAtEnd(record: RushRecord): ReadonlyMap<number, SeatAtEnd> {
  const soldMs = new Map<number, number>();
  for (const story of record.stories) {
    for (const seatId of story.boughtSeatIds) soldMs.set(seatId, story.soldMs ?? story.endedMs);
  }
  return new Map(
    record.seats.map((seat) => [
      seat.id,
      // The database decides which seats are sold. A seat whose payment answer was lost has no
      // recorded time, so it counts as sold at the end of the run.
      {
        ...seat,
        soldMs: seat.status === "SOLD" ? (soldMs.get(seat.id) ?? record.elapsedMs) : null,
      },
    ]),
  );
}

function clientsOf(options: RushOptions): RushResult["clients"] {
  const { seed, buyers, seats, arrival, durationSeconds, thinkMs } = options;
  const { abandonShare, retryShare, chargeShare, zipfExponent } = options;
  return {
    seed,
    buyers,
    seats,
    arrival,
    durationSeconds,
    partySizes: Object.fromEntries(options.partySizes),
    thinkMs,
    abandonShare,
    retryShare,
    chargeShare,
    zipfExponent,
  };
}

function verdictOf(record: RushRecord): RushResult["verdict"] {
  const { report, drain, environment } = record;
  const { mismatches, repeats } = environment.recorder;
  const tested = requestPhases.some(
    (phase) => environment.recorder.phaseSummary(phase).accepted.count > 0,
  );
  const internalErrors = environment.recorder.failures().get("HTTP 500") ?? 0;
  const invariants = (report?.results ?? []).map(
    ({ id, title, holds, rowsRead, violationCount, violations }) => ({
      id,
      title,
      holds,
      rowsRead,
      violationCount,
      violations: violations.map(({ message, ids }) => ({ message, ids: { ...ids } })),
    }),
  );
  return {
    holds: tested && report?.holds === true && mismatches.length === 0 && internalErrors === 0,
    given: report !== undefined,
    tested,
    scope: isInstallation(record.options) ? "installation" : "run",
    invariants,
    drained: drain.drained,
    drainMs: drain.tookMs,
    pendingMessages: drain.pending,
    acknowledged: environment.acknowledged.counts(),
    internalErrors,
    repeats,
    mismatches: [...mismatches],
  };
}

function requestsOf(recorder: Recorder, elapsedMs: number): RushResult["requests"] {
  let accepted = 0;
  let refused = 0;
  let failed = 0;
  for (const phase of requestPhases) {
    const summary = recorder.phaseSummary(phase);
    accepted += summary.accepted.count;
    refused += summary.refused.count;
    failed += summary.failed;
  }
  const failedByKind = Object.fromEntries(recorder.failures());
  let serverErrors = 0;
  for (const [kind, count] of Object.entries(failedByKind)) {
    if (kind.startsWith("HTTP 5")) serverErrors += count;
  }
  const seconds = Math.max(elapsedMs, 1) / 1000;
  return {
    accepted,
    refused,
    failed,
    failedByKind,
    serverErrors,
    acceptedPerSecond: accepted / seconds,
    refusedPerSecond: refused / seconds,
  };
}

function arrivalsOf(stories: readonly SessionResult[]): RushResult["arrivals"] {
  let late = 0;
  let latestMs = 0;
  for (const { intendedMs, startedMs } of stories) {
    if (startedMs - intendedMs > LATE_AFTER_MS) late++;
    latestMs = Math.max(latestMs, startedMs - intendedMs);
  }
  return { late, lateAfterMs: LATE_AFTER_MS, latestMs };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
