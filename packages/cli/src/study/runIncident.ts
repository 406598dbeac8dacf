import {
  type BuyersTraffic,
  type IncidentRun,
  incidentWindow,
  type MachineBounds,
  saturationsOf,
} from "@onsale/simulator/study";
import { checkData } from "../drill/checkData.ts";
import { type DrillGround, openDrillGround } from "../drill/drillGround.ts";
import { lookUntil } from "../drill/drillLooks.ts";
import { type DoctorWatch, watchByDoctor } from "./doctorWatch.ts";
import { type IncidentSampler, sampleIncident } from "./incidentSampler.ts";
import { type RemoteBuyers, startRemoteBuyers } from "./remoteBuyers.ts";
import { type IncidentOptions, repairOrLeave } from "./repairOrLeave.ts";

/**
 * Settings of the processes: those of production, and no log line for each request, as the lines
 * of thousands of buyers would be a load of their own.
 */
const STUDY_SETTINGS = { LOG_LEVEL: "warn" } as const;

/** Buyers who come before the others, so that the processes have compiled their code. */
const FIRST_ARRIVALS = { buyers: 20, durationMs: 4_000 } as const;
/** A sale is healthy a few seconds after its start. */
const STEADY_MS_MAX = 60_000;
const ABANDON_SHARE = 0.1;
/**
 * More connections than the requests that one API process works on at a time, so that the product
 * decides about its load and not the client.
 */
const CONNECTIONS_MAX = 1_000;

/** Everything that one run uses, from the arrival of the buyers. */
interface Stage {
  readonly options: IncidentOptions;
  readonly ground: DrillGround;
  readonly buyers: RemoteBuyers;
  readonly sampler: IncidentSampler;
  readonly doctor: DoctorWatch;
  /** Milliseconds since the buyers arrived. */
  readonly now: () => number;
}

/** A run, and the bounds of its saturated resources. */
export interface ObservedIncident {
  readonly run: IncidentRun;
  readonly bounds: MachineBounds;
}

/** Runs one incident with data of its own, from the first buyers to the checked data. */
export async function runIncident(options: IncidentOptions): Promise<ObservedIncident> {
  const { stack, signal, seats, room, thinkMs } = options;
  const beganMs = performance.now();
  const ground = await openDrillGround({
    ...{ stack, defaults: STUDY_SETTINGS, settings: {}, hasOrdinaryUser: false, signal },
    name: "study",
  });
  try {
    const buyers = await startRemoteBuyers(ground.own.env, {
      ...{ baseUrls: [...ground.processes.baseUrls], seats, room, thinkMs },
      ...{ abandonShare: ABANDON_SHARE, connectionsMax: CONNECTIONS_MAX },
    });
    try {
      await becomeSteady(ground, buyers, signal);
      const bounds = { ...options.machine, ...limitsOf(ground) };
      const observed = await observe(options, ground, buyers, bounds);
      const tookMs = Math.round(performance.now() - beganMs);
      return { bounds, run: { tookMs, ...observed } };
    } finally {
      await buyers.end();
    }
  } finally {
    await ground.close();
    await ground.own.drop();
  }
}

function limitsOf({ config }: DrillGround): Pick<MachineBounds, "inFlightMax" | "poolMax"> {
  return { inFlightMax: config.http.inFlightMax, poolMax: config.mysql.poolMax };
}

/** @throws Error when the sale does not become healthy, with the findings */
async function becomeSteady(
  ground: DrillGround,
  buyers: RemoteBuyers,
  signal: AbortSignal,
): Promise<void> {
  buyers.arrive(FIRST_ARRIVALS);
  const { isReached, findings } = await lookUntil(ground, {
    ...{ invariants: "skip", withinMs: STEADY_MS_MAX, signal },
    isReached: (found) => found.length === 0 && buyers.counts().bought > 0,
    afterLook: async () => void (await buyers.slice()),
  });
  signal.throwIfAborted();
  if (isReached) return;
  const texts = findings.map(({ code, message }) => `${code}: ${message}`).join("; ");
  throw new Error(`The sale was not healthy before the buyers came: ${texts || "no sale"}`);
}

async function observe(
  options: IncidentOptions,
  ground: DrillGround,
  buyers: RemoteBuyers,
  bounds: MachineBounds,
): Promise<Omit<IncidentRun, "tookMs">> {
  const { signal } = options;
  const { core, processes } = ground;
  const startedMs = core.clock.monotonicMs();
  const [apiUrl = ""] = processes.baseUrls;
  const watched = { ...options.servers, ...processes.pids(), buyers: [buyers.pid] };
  const sampler = sampleIncident({ core, buyers, apiUrl, watched, startedMs, signal });
  const doctor = watchByDoctor(ground, startedMs, signal, ({ code, message }, atMs) =>
    options.say(atMs, `doctor: ${code}: ${message}`),
  );
  const now = (): number => Math.round(core.clock.monotonicMs() - startedMs);
  try {
    return await course({ options, ground, buyers, sampler, doctor, now }, bounds);
  } finally {
    await doctor.stop();
    await sampler.stop();
  }
}

async function course(stage: Stage, bounds: MachineBounds): Promise<Omit<IncidentRun, "tookMs">> {
  const { options, ground, buyers, sampler, doctor, now } = stage;
  const { signal } = options;
  await buyers.beginWindow();
  buyers.arrive({ buyers: options.buyers, durationMs: 0 });
  options.say(now(), `${options.buyers} buyers arrive`);
  const before = await windowOf(stage);
  const site = { ...ground, load: buyers, signal };
  const runbooks = await repairOrLeave(options, site, doctor, now);
  signal.throwIfAborted();
  await buyers.beginWindow();
  const after = await windowOf(stage);
  await doctor.stop();
  await sampler.stop();
  options.say(now(), "the buyers leave, and the data is checked");
  const { outcome, invariants } = await checkData(site);
  signal.throwIfAborted();
  const seats = await ground.core.seats.ofPerformance(null, buyers.performanceId);
  const seatsSold = seats.filter(({ status }) => status === "SOLD").length;
  const { samples } = sampler;
  return {
    ...{ runbooks, samples: [...samples], looks: doctor.looks, findings: doctor.findings },
    saturations: [...saturationsOf(samples, bounds)],
    before: incidentWindow(before, before.traffic, samples),
    after: incidentWindow(after, after.traffic, samples),
    sale: { ...buyers.counts(), seats: seats.length, seatsSold },
    isDrained: outcome !== "undrained",
    invariants: (invariants?.results ?? []).map(({ id, title, holds, rowsRead }) => ({
      ...{ id, title, holds, rowsRead },
    })),
  };
}

/** Lets the time of one stretch pass. The caller has begun to count its answers. */
async function windowOf({ options, ground, buyers, now }: Stage): Promise<{
  readonly fromMs: number;
  readonly toMs: number;
  readonly traffic: BuyersTraffic;
}> {
  const fromMs = now();
  await ground.core.clock.sleep(options.windowMs, options.signal);
  options.signal.throwIfAborted();
  return { fromMs, toMs: now(), traffic: await buyers.endWindow() };
}
