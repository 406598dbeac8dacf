import { liveApis } from "../../api/liveApis.ts";
import {
  CONNECTIONS_SHARE_MAX,
  DEADLOCKS_PER_SECOND_MAX,
  deadlockRate,
  IN_FLIGHT_SHARE_MAX,
  LOCK_WAITS_MAX,
  loadFindings,
  mostLoaded,
  overloads,
  READ_MS_MAX,
  REFUSED_SHARE_MAX,
  RUNNING_MAX,
  readLoad,
  refusedShare,
  WAITING_PER_CONNECTION_MAX,
} from "../../diagnosis/loadFindings.ts";
import type { ApiLoad } from "../../ports/apiLoad.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Check, Figure } from "../runbook.ts";

/** Deadlocks are counted over this time, ms. */
const COUNT_MS = 2_000;

export const connectionsFigure: Figure = {
  name: "connections of MySQL in use",
  unit: "percent",
  async read({ core }) {
    const { connections, connectionsMax } = await core.databaseLoad.read();
    return Math.round((100 * connections) / connectionsMax);
  },
  bound: { above: 100 * CONNECTIONS_SHARE_MAX },
  meaning: "At 100 percent MySQL refuses processes; lower MYSQL_POOL_MAX or raise max_connections.",
};

export const runningFigure: Figure = {
  name: "statements that MySQL runs at the same time",
  unit: "statements",
  read: async ({ core }) => (await core.databaseLoad.read()).running,
  bound: { above: RUNNING_MAX },
  meaning: "MySQL is saturated: more buyers make every statement slower.",
};

export const mysqlReadFigure: Figure = {
  name: "time of a small read of MySQL",
  unit: "ms",
  read: async ({ core }) => Math.round((await readLoad(core)).mysqlMs),
  bound: { above: READ_MS_MAX },
  meaning: "MySQL, the network, or the CPU of this machine is saturated.",
};

export const redisReadFigure: Figure = {
  name: "time of a small read of Redis",
  unit: "ms",
  read: async ({ core }) => Math.round((await readLoad(core)).redisMs),
  bound: { above: READ_MS_MAX },
  meaning: "Redis, the network, or the CPU of this machine is saturated.",
};

export const inFlightFigure: Figure = {
  name: "requests in flight of an API process",
  unit: "percent",
  read: ({ core }) =>
    highestOf(core, ({ inFlight, inFlightMax }) => (100 * inFlight) / inFlightMax),
  bound: { above: 100 * IN_FLIGHT_SHARE_MAX },
  meaning: "At 100 percent the process answers 503; start more processes with ROLE=api.",
};

export const poolWaitsFigure: Figure = {
  name: "statements of an API process that wait for each connection",
  unit: "statements",
  read: ({ core }) => highestOf(core, ({ pool }) => pool.waiting / pool.max),
  bound: { above: WAITING_PER_CONNECTION_MAX },
  meaning: "The pool is used up, and requests fail after 3 s: MySQL or the process is too slow.",
};

export const loopDelayFigure: Figure = {
  name: "delay of the event loop of an API process",
  unit: "ms",
  read: ({ core }) => highestOf(core, ({ loopDelayMs }) => loopDelayMs),
  bound: { above: READ_MS_MAX },
  meaning: "The process has more work than one core does; start more processes with ROLE=api.",
};

export const refusedFigure: Figure = {
  name: "answers of an API process that were OVERLOADED",
  unit: "percent",
  read: ({ core }) => highestOf(core, (load) => 100 * refusedShare(load)),
  bound: { above: 100 * REFUSED_SHARE_MAX },
  meaning: "Buyers see 503: the process has no room for all who are let in.",
};

/** The highest figure of all live API processes; undefined when none of them reports. */
async function highestOf(
  core: CoreContext,
  read: (load: ApiLoad) => number,
): Promise<number | undefined> {
  const loads = await liveApis(core);
  if (loads.length === 0) return undefined;
  return Math.round(10 * Math.max(...loads.map(read))) / 10;
}

export const lockWaitsFigure: Figure = {
  name: "statements that wait for a row lock",
  unit: "statements",
  read: async ({ core }) => (await core.databaseLoad.read()).lockWaits,
  bound: { above: LOCK_WAITS_MAX },
  meaning: "A transaction holds rows that many buyers need; see information_schema.innodb_trx.",
};

export const deadlocksFigure: Figure = {
  name: "deadlocks",
  unit: "per second",
  async read({ core }) {
    const first = await readLoad(core);
    await core.clock.sleep(COUNT_MS);
    const rate = deadlockRate(first, await readLoad(core));
    return rate === undefined ? undefined : Math.round(rate * 10) / 10;
  },
  bound: { above: DEADLOCKS_PER_SECOND_MAX },
  meaning: "Another program locks rows in another order. MySQL itself does not count deadlocks.",
};

export const loadIsNormal: Check = {
  claim: "MySQL, Redis and the API processes are within the bounds of their load",
  async look({ core }) {
    const load = await readLoad(core);
    const api = mostLoaded(load.apis);
    const read =
      `${load.connections} of ${load.connectionsMax} connections, ${load.running} running, ` +
      `MySQL ${Math.round(load.mysqlMs)} ms, Redis ${Math.round(load.redisMs)} ms; API: ` +
      `${api.inFlight} in flight, ${api.waiting} wait for MySQL, loop ${api.loopDelayMs} ms late`;
    const beyond = overloads(load).map(({ text }) => text);
    return { holds: beyond.length === 0, read: [read, ...beyond].join("; ") };
  },
};

export const locksAreFree: Check = {
  claim: "no deadlock storm, and few statements wait for a row lock",
  async look({ core }) {
    const found = await loadFindings(core);
    const contended = found.find(({ code }) => code === "LOCKS_CONTENDED");
    const { lockWaits } = await core.databaseLoad.read();
    return { holds: !contended, read: contended?.message ?? `${lockWaits} statements wait` };
  },
};

export const databaseTakesWrites: Check = {
  claim: "the database that this program reaches accepts writes",
  async look({ core }) {
    const { isReadOnly } = await core.databaseLoad.read();
    return { holds: !isReadOnly, read: isReadOnly ? "read_only is ON" : "read_only is OFF" };
  },
};
