import {
  type CoreContext,
  checkInvariants,
  executeOperation,
  findOperation,
  planOperation,
} from "@onsale/core";
import { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import { type BuyerPlan, planClients } from "../actors/buyerPlan.ts";
import { type ClientEnvironment, sinceOpen } from "../actors/clientEnvironment.ts";
import { httpTransport } from "../actors/httpTransport.ts";
import { lineWatch } from "../actors/lineWatch.ts";
import { runSession } from "../actors/runSession.ts";
import { randomStreams } from "../chance/seededRandom.ts";
import type { LiveProcesses } from "../live/liveProcesses.ts";
import { sampleLoad } from "../live/loadSampler.ts";
import { Recorder } from "../measure/recorder.ts";
import { buildResult, type RushRecord } from "./buildResult.ts";
import { drainSale } from "./drainSale.ts";
import { type KilledApi, killApiWhenSold } from "./killApi.ts";
import { openConnectedCore } from "./openConnectedCore.ts";
import { ProgressReporter } from "./progressReporter.ts";
import { isInstallation, type RushOptions } from "./rushOptions.ts";
import type { RushResult } from "./rushResult.ts";
import { requireReadyApis, requireSameData } from "./rushTarget.ts";
import { type PreparedSale, setUpSale } from "./setUpSale.ts";

/**
 * Time before the sale opens, ms, so that the timers of all buyers are set before the first one
 * fires.
 */
const OPENS_AFTER_MS = 250;
/**
 * A request that takes longer than this counts as a timeout, ms. The API's own limit is shorter.
 */
const REQUEST_TIMEOUT_MS = 15_000;
/**
 * Number of user ids that are reserved for one second, so that runs that begin in different seconds
 * share no user id.
 */
const USERS_PER_SECOND = 1_000_000;
/**
 * How long a buyer looks for returned seats, ms: longer than a hold, so that some buyers are still
 * looking when abandoned seats return to sale.
 */
const PATIENCE_MS = 12_000;

/**
 * Sells one hall to simulated clients over HTTP and checks every invariant.
 * @returns the result. `verdict.given` is false when `signal` ended the rush early
 * @throws RushTargetError when an API of `baseUrls` cannot be tested
 * @throws Error when a server or a process does not answer. Started processes are stopped first
 */
export async function runRush(options: RushOptions): Promise<RushResult> {
  const signal = options.signal ?? new AbortController().signal;
  if (isInstallation(options)) await requireReadyApis(options.baseUrls ?? []);
  const opened = await openConnectedCore(options.ground);
  let processes: LiveProcesses | undefined;
  try {
    const runId = opened.core.ids.uuid().slice(-12);
    const launching = options.launch?.(signal);
    // The `await` below reports a failed launch. Until then the rejection must be handled here.
    launching?.catch(() => {});
    const sale = await setUpSale(opened.core, { ...options, runId }).catch(async (error) => {
      await launching?.then((started) => started.stop()).catch(() => {});
      throw error;
    });
    processes = await launching;
    const baseUrls = processes?.baseUrls ?? options.baseUrls ?? [];
    if (baseUrls.length === 0) throw new Error("The rush has no API: give baseUrls or launch");
    const ready = { ...options, baseUrls, queueUrls: processes?.queueUrls, signal, runId };
    if (!isInstallation(options)) return await rushOn(ready, opened.core, sale, processes);
    try {
      await requireSameData(baseUrls, { id: sale.concertId, title: sale.title });
      return await rushOn(ready, opened.core, sale, processes);
    } finally {
      await closeSale(opened.core, sale.concertId);
    }
  } finally {
    await processes?.stop();
    await opened.close();
  }
}

/** Ends the sale of the rush's concert, so that no buyer of the installation buys a seat. */
async function closeSale(core: CoreContext, concertId: number): Promise<void> {
  const operation = findOperation("concert.close");
  const input = { concertId };
  const { job } = await planOperation(core, { operation, input });
  const operator = { name: "sim rush", host: core.processName, command: "onsale sim rush" };
  await executeOperation(core, { operation, input, jobId: job.id, operator });
}

type ReadyOptions = RushOptions & {
  readonly baseUrls: readonly string[];
  readonly queueUrls: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly runId: string;
};

async function rushOn(
  options: ReadyOptions,
  core: CoreContext,
  sale: PreparedSale,
  processes: LiveProcesses | undefined,
): Promise<RushResult> {
  const { signal } = options;
  const environment = clientEnvironment(options, core, sale);
  const clients = planRush(options, core);
  const progress = new ProgressReporter(options, environment, clients.at(-1)?.arriveAtMs ?? 0);
  const load = sampleLoad(core.clock, environment.opensAtMonotonicMs, () => pidsOf(processes));
  const kill = killApiWhenSold(options, environment, processes);
  try {
    const stories = await Promise.all(clients.map((plan) => runSession(plan, environment)));
    const elapsedMs = sinceOpen(environment);
    const faults: readonly KilledApi[] = await kill.settled();
    await load.stop();
    progress.stage = "draining";
    const drain = await drainSale(core, signal, (pending) => progress.pending(pending));
    progress.stage = "checking";
    const acknowledged = environment.acknowledged.all();
    // A drain that ended has proven that no message is missing. Since then an abandoned hold can
    // have expired, and its message is still on the way.
    const drained = !drain.drained;
    const report = signal.aborted
      ? undefined
      : await checkInvariants(core, { acknowledged, drained });
    const seats = await core.seats.ofPerformance(null, sale.performanceId);
    const record: RushRecord = {
      options,
      sale,
      environment,
      stories,
      clients,
      elapsedMs,
      drain,
      report,
      seats,
      faults,
      load: load.samples,
    };
    return buildResult(record);
  } finally {
    progress.stop();
    await Promise.all([kill.settled(), load.stop(), environment.transport.close()]);
  }
}

function clientEnvironment(
  options: ReadyOptions,
  core: CoreContext,
  sale: PreparedSale,
): ClientEnvironment {
  const { clock } = core;
  const { baseUrls, queueUrls, connectionsMax, tokenFor, thinkMs, signal, runId } = options;
  const timeoutMs = REQUEST_TIMEOUT_MS;
  const transport = httpTransport({ baseUrls, queueUrls, connectionsMax, timeoutMs });
  return {
    clock,
    transport,
    line: lineWatch({ clock, transport, queueId: sale.queueId, signal }),
    recorder: new Recorder(),
    acknowledged: new AcknowledgedLog(),
    sale,
    tokenFor,
    thinkMs,
    runId,
    opensAtMonotonicMs: clock.monotonicMs() + OPENS_AFTER_MS,
    opensAtMs: clock.nowMs() + OPENS_AFTER_MS,
    signal,
  };
}

function planRush(options: RushOptions, core: CoreContext): readonly BuyerPlan[] {
  return planClients({
    ...options,
    streams: randomStreams(options.seed),
    durationMs: options.durationSeconds * 1000,
    firstUserId: Math.floor(core.clock.nowMs() / 1000) * USERS_PER_SECOND + 1,
    patienceMs: PATIENCE_MS,
  });
}

function pidsOf(processes: LiveProcesses | undefined) {
  return processes?.pids() ?? { api: [], worker: [] };
}
