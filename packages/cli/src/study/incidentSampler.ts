import type { CoreContext } from "@onsale/core";
import { cpuSpent, cpuTimes, machineCpuMs, type WatchedProcesses } from "@onsale/simulator/bench";
import type { IncidentSample } from "@onsale/simulator/study";
import { request } from "undici";
import type { BuyersSlice } from "./buyersMessages.ts";
import type { RemoteBuyers } from "./remoteBuyers.ts";

/** Pause between two samples, ms. */
const SAMPLE_EVERY_MS = 1_000;
/** A process that does not show its metrics in this time gives no sample, ms. */
const METRICS_MS_MAX = 3_000;

export interface IncidentSampler {
  readonly samples: readonly IncidentSample[];
  /** Ends the sampling; resolves after the last sample. */
  stop(): Promise<void>;
}

export interface SampledIncident {
  readonly core: CoreContext;
  readonly buyers: RemoteBuyers;
  /** The base URL of the API process. */
  readonly apiUrl: string;
  /** The processes by the name of their party. */
  readonly watched: WatchedProcesses;
  /** When the buyers arrived, by the monotonic clock. */
  readonly startedMs: number;
  readonly signal: AbortSignal;
}

/** Reads the use of every resource once a second. */
export function sampleIncident(incident: SampledIncident): IncidentSampler {
  const { clock } = incident.core;
  const samples: IncidentSample[] = [];
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, incident.signal]);
  const running = run();

  async function run(): Promise<void> {
    let before = await readCpu(incident);
    for (let count = 1; !signal.aborted; count += 1) {
      const dueMs = incident.startedMs + count * SAMPLE_EVERY_MS;
      if (dueMs < clock.monotonicMs()) continue;
      await clock.sleep(dueMs - clock.monotonicMs(), signal);
      if (signal.aborted) return;
      const now = await readCpu(incident);
      samples.push({ ...cpuBetween(before, now), ...(await readRest(incident)) });
      before = now;
    }
  }

  return {
    samples,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

interface CpuReading {
  readonly atMs: number;
  readonly machineMs: number;
  readonly parties: ReadonlyMap<string, number>;
}

async function readCpu({ core, watched, startedMs }: SampledIncident): Promise<CpuReading> {
  const parties = await cpuTimes(watched);
  const machineMs = machineCpuMs();
  return { atMs: core.clock.monotonicMs() - startedMs, machineMs, parties };
}

function cpuBetween(
  before: CpuReading,
  now: CpuReading,
): Pick<IncidentSample, "atMs" | "machineCores" | "cpu"> {
  const spanMs = now.atMs - before.atMs;
  const coresOf = (spentMs: number): number => Math.round((spentMs / spanMs) * 1000) / 1000;
  const spent = Object.entries(cpuSpent(before.parties, now.parties));
  return {
    atMs: Math.round(now.atMs),
    machineCores: coresOf(now.machineMs - before.machineMs),
    cpu: Object.fromEntries(spent.map(([party, ms]) => [party, coresOf(ms)])),
  };
}

type Rest = Omit<IncidentSample, "atMs" | "machineCores" | "cpu">;

async function readRest({ core, buyers, apiUrl }: SampledIncident): Promise<Rest> {
  const [load, api, stats, outbox, slice] = await Promise.all([
    known(core.databaseLoad.read()),
    known(readApi(apiUrl)),
    known(core.queue.stats(buyers.queueId)),
    known(core.outbox.backlog(null)),
    known(buyers.slice()),
  ]);
  const hasStats = stats !== undefined && !("status" in stats);
  return {
    mysql: load && {
      ...{ running: load.running, connections: load.connections },
      connectionsMax: load.connectionsMax,
    },
    api,
    queue: hasStats ? { waiting: stats.waitingCount, active: stats.activeCount } : undefined,
    oldestMessageMs: outbox && Math.round(outbox.oldestPendingAgeMs),
    buyers: slice && sampleOf(slice),
  };
}

function sampleOf({ traffic, loopDelayMs }: BuyersSlice): IncidentSample["buyers"] {
  const { holds, polls, all } = traffic;
  const { accepted, refused, failed } = all;
  return { holds, polls, all: { accepted, refused, failed }, loopDelayMs };
}

/** A source that fails leaves its part of the sample out: that is what an overload looks like. */
async function known<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch(() => undefined);
}

async function readApi(apiUrl: string): Promise<NonNullable<IncidentSample["api"]>> {
  const limits = { headersTimeout: METRICS_MS_MAX, bodyTimeout: METRICS_MS_MAX };
  const { body } = await request(`${apiUrl}/metrics`, limits);
  return apiMetrics(await body.text());
}

/** Picks the figures of an API process from its metrics. @throws Error when one is missing */
export function apiMetrics(text: string): NonNullable<IncidentSample["api"]> {
  const figure = (name: string): number => {
    const value = Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
    if (!Number.isFinite(value)) throw new Error(`The API shows no metric ${name}`);
    return value;
  };
  return {
    inFlight: figure("onsale_http_requests_in_flight"),
    poolInUse: figure("onsale_mysql_pool_in_use"),
    poolWaiting: figure("onsale_mysql_pool_waiting"),
    loopDelayMs: Math.round(figure("nodejs_eventloop_lag_p99_seconds") * 1000),
  };
}
