import type { CoreContext } from "@onsale/core";
import {
  createMemoryServers,
  type MemoryServers,
  openMemoryCore,
  type ServerLink,
} from "@onsale/core/memory";
import { setUpSale } from "../rush/setUpSale.ts";
import { type FaultProfile, Faults, faultProfileOf } from "./faults.ts";
import { loopChecker } from "./loopChecker.ts";
import { between, namedStream } from "./prng.ts";
import { ProcessTable } from "./processTable.ts";
import { runAndCheck } from "./runAndCheck.ts";
import {
  type Conditions,
  conditionsOf,
  LIVES,
  type VirtualScenario,
  virtualConfig,
  virtualDefaults,
} from "./scenario.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { runScheduledFaults } from "./scheduledFaults.ts";
import { Scheduler } from "./scheduler.ts";
import { serverStalls } from "./stalls.ts";
import { keptTrace, noTrace, stackOf, type Trace } from "./trace.ts";
import type { Violation } from "./violations.ts";
import { virtualClients } from "./virtualClients.ts";
import { virtualClock } from "./virtualClock.ts";
import { virtualIds } from "./virtualIds.ts";
import type { Network } from "./virtualLink.ts";
import { virtualOperator } from "./virtualOperator.ts";
import { virtualQueueTokens } from "./virtualTokens.ts";
import { virtualTransport } from "./virtualTransport.ts";

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
  /** It brings faults of its own: no run of it counts as calm. */
  readonly isRough?: boolean;
  /** Takes defences of the stores away. */
  weaken?(servers: MemoryServers): void;
  /** Changes how a process takes what its servers answer, or do not. */
  replaceLink?(link: ServerLink): ServerLink;
  /**
   * Changes what every process does.
   * @param link the process's way to the servers, for statements of the mutant's own
   */
  alter?(core: CoreContext, servers: MemoryServers, link: ServerLink): CoreContext;
}

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: Trace;
  /** Steps taken, and how much virtual time they took. */
  readonly steps: number;
  readonly elapsedMs: number;
  /** The faults that came true, and the choices that differ from "who came first goes first". */
  readonly faults: readonly string[];
  readonly choices: ReadonlyMap<number, number>;
  readonly outcomes: ReadonlyMap<number, string>;
}

/** A platform that takes every notice. */
const webhook = { send: async () => undefined };

/** Runs one seed's sale in virtual time, from the first buyer to the verdict. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const scenario = { ...virtualDefaults, ...options.scenario };
  const profile = faultProfileOf(seed);
  const conditions = conditionsOf(seed);
  const { schedule, mutant } = options;
  const chooser = scheduleOf(seed, schedule);
  const scheduler = new Scheduler(chooser);
  const network = networkOf(seed, scheduler, profile, scenario, options);
  const { stalls, faults, trace } = network;
  const isCalm = profile.callFaultShare + profile.scheduledFaults === 0 && !mutant?.isRough;
  const violations: Violation[] = [];
  const found = (check: Violation["check"], message: string): void => {
    violations.push({ check, message, ids: {} });
  };
  const failed = (who: string) => (error: unknown) =>
    found("answers", `${who} failed: ${stackOf(error)}`);
  const clock = virtualClock(scheduler, stalls.owner);
  const servers = createMemoryServers({ clock });
  const shared = { ids: virtualIds(), tokens: virtualQueueTokens(), webhook };
  const config = virtualConfig(conditions);
  const quiet = { random: namedStream(seed, "observer"), log: loopChecker(() => undefined) };
  const observer = openMemoryCore(config, servers, { ...shared, clock, ...quiet }).core;
  const sale = await prepare(observer, scenario, conditions);
  mutant?.weaken?.(servers);
  const processes = new ProcessTable(scenario, {
    ...network,
    ...shared,
    seed,
    config,
    servers,
    isCalm,
    skewOf: (name) => skewOf(seed, name, profile.skewMs),
    replaceLink: mutant?.replaceLink && ((link) => mutant.replaceLink?.(link) ?? link),
    alter: mutant?.alter && ((core, link) => mutant.alter?.(core, servers, link) ?? core),
    found,
  });
  const reach = { ...network, seed, apis: () => processes.apis };
  const transport = virtualTransport({ ...reach, found });
  const clients = virtualClients({
    seed,
    scenario,
    conditions,
    scheduler,
    stalls,
    transport,
    sale,
    placeOf: (token) => shared.tokens.verify(token),
    only: schedule?.buyers,
    failed: failed("a buyer"),
  });
  const { queueId } = sale;
  const operator = virtualOperator({ ...reach, queueId, failed: failed("the operator") });
  processes.start();
  clients.start();
  operator.start();
  runScheduledFaults({ ...network, servers, processes, line: clients.line });
  const checks = { observer, servers, queueId, clients, operator, isCalm };
  const trial = { scheduler, stalls, faults, processes, checks };
  violations.push(...(await runAndCheck({ ...trial, paceMs: paceOf(scenario, conditions) })));
  return {
    seed,
    violations,
    trace,
    steps: scheduler.steps,
    elapsedMs: scheduler.elapsedMs,
    faults: faults.happened,
    choices: chooser.made,
    outcomes: clients.outcomes,
  };
}

function networkOf(
  seed: number,
  scheduler: Scheduler,
  profile: FaultProfile,
  { apiProcesses, workers }: VirtualScenario,
  { schedule, traced }: RunOptions,
): Network {
  return {
    scheduler,
    faults: new Faults(seed, profile, apiProcesses + workers, schedule?.faults),
    stalls: serverStalls(scheduler, (call) => namedStream(seed, `mailbox ${call}`)),
    trace: traced ? keptTrace() : noTrace,
  };
}

/** The slower of the waiting room's two limits decides; a buyer may take a whole turn. */
function paceOf({ buyers }: VirtualScenario, limits: Conditions): number {
  const { activeCountMax, admissionRatePerMinute } = limits;
  const msEach = Math.max(60_000 / admissionRatePerMinute, LIVES.activeTtlMs / activeCountMax);
  return buyers * msEach;
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
