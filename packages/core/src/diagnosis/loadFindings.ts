import { liveApis } from "../api/liveApis.ts";
import type { ApiLoad } from "../ports/apiLoad.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { DatabaseLoad } from "../ports/databaseLoad.ts";
import { type Finding, finding } from "./findingList.ts";

/** Share of connections in use. Above it an operator must act, before the server refuses one. */
export const CONNECTIONS_SHARE_MAX = 0.8;
/** Number of statements that run at the same time. More of them make each other slower. */
export const RUNNING_MAX = 32;
/** Time limit of a small read, which usually takes a few milliseconds, also during a rush. */
export const READ_MS_MAX = 400;
/** Number of waiting statements. Holds and payments lock a row for milliseconds, so few wait. */
export const LOCK_WAITS_MAX = 8;
/** Onsale locks rows in a fixed order. More deadlocks than this come from another program. */
export const DEADLOCKS_PER_SECOND_MAX = 1;

/** Share of the requests in flight. At the bound, an API process answers further ones with 503. */
export const IN_FLIGHT_SHARE_MAX = 0.9;
/**
 * Number of waiting statements for each connection of the pool. With more of them, a statement
 * waits longer than another one takes; after three seconds its request fails.
 */
export const WAITING_PER_CONNECTION_MAX = 1;

/**
 * Share of the answers that were OVERLOADED. A few refusals at the start of a rush are usual; a
 * lasting share means too few processes. Other reasons of a 503 are faults of a server.
 */
export const REFUSED_SHARE_MAX = 0.05;
/** Fewer answers say nothing about a share. */
const ANSWERS_MIN = 20;

/** Pause between two looks, ms. A short peak is not an overload, so both looks must show it. */
const SECOND_LOOK_MS = 1_500;

/** How busy the servers are, and how long a small read of each takes. */
export interface Load extends DatabaseLoad {
  readonly mysqlMs: number;
  readonly redisMs: number;
  /** The last report of each live process that serves requests. */
  readonly apis: readonly ApiLoad[];
  /** When it was read, by the monotonic clock of this process. */
  readonly atMs: number;
}

/**
 * Reads counters of MySQL and the reports of the API processes, and measures one small read of
 * MySQL and of a queue in Redis.
 */
export async function readLoad(core: CoreContext): Promise<Load> {
  const startMs = core.clock.monotonicMs();
  const database = await core.databaseLoad.read();
  const mysqlMs = core.clock.monotonicMs() - startMs;
  const [queueId] = await core.admissions.listQueueIds(null);
  const redisStartMs = core.clock.monotonicMs();
  if (queueId !== undefined) await core.queue.stats(queueId);
  const atMs = core.clock.monotonicMs();
  const apis = await liveApis(core);
  return { ...database, mysqlMs, redisMs: atMs - redisStartMs, apis, atMs };
}

/** Findings about servers that are too busy, or that refuse writes. */
export async function loadFindings(core: CoreContext): Promise<readonly Finding[]> {
  const first = await readLoad(core);
  const found = first.isReadOnly
    ? [finding("SERVER_READ_ONLY", "mysql", "mysql: read_only is ON; no sale can be stored")]
    : [];
  const isSuspicious =
    overloads(first).length > 0 || first.lockWaits > LOCK_WAITS_MAX || (first.deadlocks ?? 0) > 0;
  if (!isSuspicious) return found;
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await readLoad(core);
  const both = overloads(second).filter(({ name }) =>
    overloads(first).some((before) => before.name === name),
  );
  const contention = contentionOf(first, second);
  return [
    ...found,
    ...both.map(({ text }) => finding("OVERLOADED", "servers", text)),
    ...(contention ? [finding("LOCKS_CONTENDED", "mysql", contention)] : []),
  ];
}

/** The bounds that the load exceeds, each with a sentence. */
export function overloads(load: Load): readonly { readonly name: string; readonly text: string }[] {
  const { connections, connectionsMax, running, mysqlMs, redisMs } = load;
  const connectionsBound = connectionsMax * CONNECTIONS_SHARE_MAX;
  const bounds = [
    {
      name: "connections",
      isBeyond: connections > connectionsBound,
      text: `${connections} of ${connectionsMax} connections of MySQL are in use`,
    },
    {
      name: "running",
      isBeyond: running > RUNNING_MAX,
      text: `${running} statements run at the same time in MySQL`,
    },
    {
      name: "mysql",
      isBeyond: mysqlMs > READ_MS_MAX,
      text: `a small read of MySQL took ${Math.round(mysqlMs)} ms`,
    },
    {
      name: "redis",
      isBeyond: redisMs > READ_MS_MAX,
      text: `a small read of Redis took ${Math.round(redisMs)} ms`,
    },
  ];
  return [...bounds, ...load.apis.flatMap(apiBounds)].filter(({ isBeyond }) => isBeyond);
}

/** The highest figures of all API processes; 0 when none of them reports. */
export function mostLoaded(
  apis: readonly ApiLoad[],
): Readonly<Record<"inFlight" | "waiting" | "loopDelayMs", number>> {
  return {
    inFlight: Math.max(0, ...apis.map(({ inFlight }) => inFlight)),
    waiting: Math.max(0, ...apis.map(({ pool }) => pool.waiting)),
    loopDelayMs: Math.max(0, ...apis.map(({ loopDelayMs }) => loopDelayMs)),
  };
}

/** The share of the answers in the window of a report that were OVERLOADED. */
export function refusedShare({ answered, overloaded }: ApiLoad): number {
  return answered < ANSWERS_MIN ? 0 : overloaded / answered;
}

function apiBounds(load: ApiLoad) {
  const { processName, inFlight, inFlightMax, pool, loopDelayMs } = load;
  const process = `API process ${processName}`;
  const { inUse, waiting, max } = pool;
  return [
    {
      name: `${processName} refused`,
      isBeyond: refusedShare(load) > REFUSED_SHARE_MAX,
      text: `${process} answered ${load.overloaded} of ${load.answered} requests with OVERLOADED`,
    },
    {
      name: `${processName} in flight`,
      isBeyond: inFlight > inFlightMax * IN_FLIGHT_SHARE_MAX,
      text: `${process} works on ${inFlight} requests; it refuses more than ${inFlightMax}`,
    },
    {
      name: `${processName} pool`,
      isBeyond: inUse >= max && waiting > max * WAITING_PER_CONNECTION_MAX,
      text: `${process}: ${waiting} statements wait for one of ${max} connections to MySQL`,
    },
    {
      name: `${processName} loop`,
      isBeyond: loopDelayMs > READ_MS_MAX,
      text: `${process}: its event loop was ${Math.round(loopDelayMs)} ms late`,
    },
  ];
}

/** Deadlocks per second between two reads; undefined when the server does not count deadlocks. */
export function deadlockRate(first: Load, second: Load): number | undefined {
  if (first.deadlocks === undefined || second.deadlocks === undefined) return undefined;
  const seconds = Math.max(1, second.atMs - first.atMs) / 1000;
  return Math.max(0, second.deadlocks - first.deadlocks) / seconds;
}

function contentionOf(first: Load, second: Load): string | undefined {
  const rate = deadlockRate(first, second) ?? 0;
  if (rate > DEADLOCKS_PER_SECOND_MAX) return `MySQL ends ${rate.toFixed(1)} deadlocks a second`;
  if (Math.min(first.lockWaits, second.lockWaits) <= LOCK_WAITS_MAX) return undefined;
  return `${second.lockWaits} statements wait for a row lock`;
}
