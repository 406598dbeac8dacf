import type { CoreContext } from "@onsale/core";
import {
  createMemoryServers,
  type MemoryServers,
  openMemoryCore,
  type Wire,
} from "@onsale/core/memory";
import { setUpSale } from "../rush/setUpSale.ts";
import { Faults, weatherOf } from "./faults.ts";
import type { Finding } from "./findings.ts";
import { loopWatch } from "./loopWatch.ts";
import { between, namedStream } from "./prng.ts";
import { ProcessTable } from "./processTable.ts";
import { type RefereeWorld, unrest, verdictOn } from "./referee.ts";
import {
  type Conditions,
  conditionsOf,
  LIVES,
  type VirtualScenario,
  virtualConfig,
  virtualDefaults,
} from "./scenario.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";
import { serverStalls } from "./stalls.ts";
import { keptTrace, noTrace, type Trace } from "./trace.ts";
import { virtualClock } from "./virtualClock.ts";
import { virtualCrowd } from "./virtualCrowd.ts";
import { virtualIds } from "./virtualIds.ts";
import { virtualTargets } from "./virtualTargets.ts";
import { virtualTokens } from "./virtualTokens.ts";
import { playWorldFates } from "./worldFates.ts";

/** A run within a run's bounds: what of the seed's sale takes place, in which order. */
export interface RunOptions {
  readonly scenario?: Partial<VirtualScenario> | undefined;
  /** Narrows the seed's run down; the whole of it when left out. */
  readonly schedule?: Schedule | undefined;
  /** Keeps every event, for a person or a comparison. */
  readonly traced?: boolean;
  /** For tests that plant a fault in the product. */
  readonly mutant?: Mutant | undefined;
}

/** A fault planted in the product; only tests make one. */
export interface Mutant {
  /** Takes defences of the stores away. */
  weaken?(servers: MemoryServers): void;
  /** Changes how a process takes what its servers answer, or do not. */
  rewire?(wire: Wire): Wire;
  /**
   * Changes what every process does.
   * @param wire the process's way to the servers, for statements of the mutant's own
   */
  alter?(core: CoreContext, servers: MemoryServers, wire: Wire): CoreContext;
}

export interface SeedResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly trace: Trace;
  /** Steps taken, and how much virtual time they took. */
  readonly steps: number;
  readonly elapsedMs: number;
  /** The faults that came true, and the choices that differ from "who came first goes first". */
  readonly faults: readonly string[];
  readonly choices: ReadonlyMap<number, number>;
  readonly outcomes: ReadonlyMap<number, string>;
}

/** Buyers come, and servers fail, within this; what is left is finished in calm weather. */
const SAFETY_MS_MAX = 60_000;
/** The longest pause of anything that goes on by itself, several times. */
const LIVENESS_MS_MAX = 90_000;
/** How often the referee looks whether all is at rest. */
const LOOK_MS = 700;
/** Hundreds of times what a run takes: who passes it runs in a circle. */
const STEPS_MAX = 400_000;

const config = virtualConfig();

/** Runs one seed's sale in virtual time, from the first buyer to the verdict. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const scenario = { ...virtualDefaults, ...options.scenario };
  const weather = weatherOf(seed);
  const conditions = conditionsOf(seed);
  const { schedule, mutant } = options;
  const chooser = scheduleOf(seed, schedule);
  const scheduler = new Scheduler(chooser);
  const stalls = serverStalls(scheduler, namedStream(seed, "stalls"));
  const trace = options.traced ? keptTrace() : noTrace;
  const processCount = scenario.apiProcesses + scenario.workers;
  const faults = new Faults(seed, weather, processCount, schedule?.faults);
  const findings: Finding[] = [];
  const found = (check: Finding["check"], message: string): void => {
    findings.push({ check, message, ids: {} });
  };
  const serverClock = virtualClock(scheduler, stalls.owner);
  const servers = createMemoryServers({ clock: serverClock });
  const shared = { ids: virtualIds(), tokens: virtualTokens() };
  const runConfig = configOf(conditions);
  const observer = openMemoryCore(runConfig, servers, {
    ...shared,
    clock: serverClock,
    random: namedStream(seed, "observer"),
    log: loopWatch(() => undefined),
  }).core;
  const sale = await prepare(observer, scenario, conditions);
  mutant?.weaken?.(servers);
  const network = { scheduler, faults, stalls, trace };
  const processes = new ProcessTable(scenario, {
    ...network,
    ...shared,
    seed,
    config: runConfig,
    servers,
    webhook: { send: async () => undefined },
    skewOf: (name) => skewOf(seed, name, weather.skewMs),
    rewire: mutant?.rewire && ((wire) => mutant.rewire?.(wire) ?? wire),
    alter: mutant?.alter && ((core, wire) => mutant.alter?.(core, servers, wire) ?? core),
    found,
  });
  const targets = virtualTargets({ ...network, seed, apis: () => processes.apis, found });
  const crowd = virtualCrowd({
    seed,
    scenario,
    conditions,
    scheduler,
    stalls,
    targets,
    sale,
    placeOf: (token) => shared.tokens.verify(token),
    only: schedule?.buyers,
    failed: (error) => found("answers", `a buyer failed: ${stackOf(error)}`),
  });
  processes.start();
  crowd.start();
  playWorldFates({ ...network, servers, processes, line: crowd.line });
  const referee = { observer, servers, queueId: sale.queueId, crowd };
  findings.push(...(await judge(scheduler, stalls, faults, processes, referee)));
  return {
    seed,
    findings,
    trace,
    steps: scheduler.steps,
    elapsedMs: scheduler.elapsedMs,
    faults: faults.happened,
    choices: chooser.made,
    outcomes: crowd.outcomes,
  };
}

/** Lets the run run: first with faults, then without, until all is at rest; then judges. */
async function judge(
  scheduler: Scheduler,
  stalls: ReturnType<typeof serverStalls>,
  faults: Faults,
  processes: ProcessTable,
  referee: RefereeWorld,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let isOver = false;

  async function watch(): Promise<void> {
    const until = async (ms: number, isDone: () => Promise<boolean>): Promise<boolean> => {
      const endMs = scheduler.elapsedMs + ms;
      while (scheduler.elapsedMs < endMs) {
        if (await isDone()) return true;
        await scheduler.sleep(stalls.owner, LOOK_MS);
      }
      return isDone();
    };
    await until(SAFETY_MS_MAX, async () => referee.crowd.underWay() === 0);
    faults.stop();
    stalls.endAll();
    processes.reviveAll();
    await until(LIVENESS_MS_MAX, async () => (await unrest(referee)).length === 0);
    for (const message of await unrest(referee)) {
      findings.push({ check: "liveness", message, ids: {} });
    }
    findings.push(...(await verdictOn(referee)));
    isOver = true;
  }

  const watching = watch();
  const cameToEnd = await scheduler.run(() => isOver, STEPS_MAX);
  if (!cameToEnd) {
    return [{ check: "liveness", message: "nobody could go on any more", ids: {} }];
  }
  await watching;
  processes.end();
  return findings;
}

function configOf({ seatLock, activeCountMax, admissionRatePerMinute }: Conditions) {
  const { core, logLevel } = config;
  return {
    logLevel,
    core: {
      ...core,
      seatLock: { ...core.seatLock, strategy: seatLock },
      queue: { ...core.queue, activeCountMax, admissionRatePerMinute },
    },
  };
}

async function prepare(observer: CoreContext, scenario: VirtualScenario, conditions: Conditions) {
  const { activeCountMax, admissionRatePerMinute } = conditions;
  return setUpSale(observer, {
    runId: "virtual",
    seats: scenario.seats,
    zipfExponent: 0.8,
    room: { activeCountMax, admissionRatePerMinute, ...LIVES },
  });
}

function skewOf(seed: number, name: string, skewMs: number): number {
  return Math.round(between(namedStream(seed, `clock of ${name}`), -skewMs, skewMs));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
