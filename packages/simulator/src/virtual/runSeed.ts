import { createMemoryServers, openMemoryCore } from "@onsale/core/memory";
import { breakages } from "./breakages.ts";
import type { CheckedRun } from "./checkers.ts";
import { Faults } from "./faults.ts";
import { loopChecker } from "./loopChecker.ts";
import { lossAtPromotion } from "./lossAtPromotion.ts";
import { ProcessTable } from "./processTable.ts";
import { type Platform, refusingPlatform } from "./refusingPorts.ts";
import { ruleGame } from "./rules/ruleGame.ts";
import { type MarkCounts, noMarks } from "./rules/ruleMarks.ts";
import { runAndCheck } from "./runAndCheck.ts";
import type { ExerciseReport } from "./runbook/exerciseReport.ts";
import type { Incident } from "./runbook/incident.ts";
import { runbookExercise } from "./runbook/runbookExercise.ts";
import { planRun, type RunOptions, type RunPlan } from "./runPlan.ts";
import { scheduleOf } from "./schedule.ts";
import { runScheduledFaults } from "./scheduledFaults.ts";
import { Scheduler } from "./scheduler.ts";
import { setUpVirtualSale } from "./setUpVirtualSale.ts";
import { serverStalls } from "./stalls.ts";
import { keptTrace, noTrace, stackOf, type Trace } from "./trace.ts";
import type { Violation } from "./violations.ts";
import { virtualClients } from "./virtualClients.ts";
import { virtualClock } from "./virtualClock.ts";
import { virtualIds } from "./virtualIds.ts";
import type { Network } from "./virtualLink.ts";
import { virtualOperator } from "./virtualOperator.ts";
import type { Installation, ReportViolation } from "./virtualProcess.ts";
import { virtualQueueTokens } from "./virtualTokens.ts";
import { virtualTransport } from "./virtualTransport.ts";

export type { Mutant } from "./mutant.ts";
export type { RunOptions } from "./runPlan.ts";

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: Trace;
  readonly steps: number;
  /** Duration of the run in virtual time, ms. */
  readonly elapsedMs: number;
  /** The ids of the faults that happened. */
  readonly faults: readonly string[];
  /**
   * The decisions at which the scheduler did not take the oldest operation, with the index that it
   * took.
   */
  readonly choices: ReadonlyMap<number, number>;
  /** The outcome of each client's session, by the client's index. */
  readonly outcomes: ReadonlyMap<number, string>;
  /** How often the sale reached each mark of the rules. */
  readonly marks: MarkCounts;
  /** The work of the operators, if the run had a runbook. */
  readonly exercise?: ExerciseReport;
}

/** Runs the sale of one seed in virtual time, from the first client to the checks. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<SeedResult> {
  const plan = planRun(seed, options);
  const { incident } = options;
  const chooser = scheduleOf(plan.streams, plan.schedule);
  const scheduler = new Scheduler(chooser);
  const network = networkOf(plan, scheduler, incident, options.traced ? keptTrace() : noTrace);
  const violations: Violation[] = [];
  const report: ReportViolation = (check, message) => {
    if (check === "loops" && incident?.explains?.test(message)) return;
    violations.push({ check, message, ids: {} });
  };
  const platform = refusingPlatform(network.faults);
  const installation = install(network, platform);
  const { run, start } = await open(plan, network, installation, options, report);
  start();
  const { exercise } = run;
  try {
    violations.push(...(await runAndCheck(plan, network, { ...run, accepted: platform.accepted })));
  } finally {
    exercise?.end();
  }
  return {
    seed,
    violations,
    trace: network.trace,
    steps: scheduler.steps,
    elapsedMs: scheduler.elapsedMs,
    faults: network.faults.happened,
    choices: chooser.made,
    outcomes: run.clients.outcomes,
    marks: run.game?.marks() ?? noMarks,
    ...(exercise && { exercise: exercise.report() }),
  };
}

function networkOf(
  plan: RunPlan,
  scheduler: Scheduler,
  incident: Incident | undefined,
  trace: Trace,
): Network {
  const { streams, scenario, profile, schedule } = plan;
  const { apiProcesses, workers } = scenario;
  return {
    scheduler,
    faults: new Faults(
      streams,
      profile,
      apiProcesses + workers,
      schedule.faults,
      incident?.faultsUntilMs,
    ),
    stalls: serverStalls(scheduler, (call) => streams(`stalled ${call}`)),
    trace,
  };
}

function install({ scheduler, stalls }: Network, { webhook }: Platform): Installation {
  const clock = virtualClock(scheduler, stalls.owner);
  const servers = createMemoryServers({ clock });
  const ports = { ids: virtualIds(), tokens: virtualQueueTokens(), webhook };
  return { servers, clock, ports, atPromotion: lossAtPromotion(scheduler), breakages: breakages() };
}

/** Creates the sale, its processes, its clients and its operator. */
async function open(
  plan: RunPlan,
  network: Network,
  installation: Installation,
  { mutant, incident, seatLocking }: RunOptions,
  report: ReportViolation,
): Promise<{ readonly run: Omit<CheckedRun, "accepted">; start(): void }> {
  const { streams } = plan;
  const { servers, clock, ports } = installation;
  const log = loopChecker(() => undefined);
  const random = streams("observer");
  const observer = openMemoryCore(plan.config, servers, { ...ports, clock, random, log }).core;
  const sale = await setUpVirtualSale(plan, observer);
  mutant?.weaken?.(servers);
  seatLocking?.weaken(servers);
  const host = { plan, network, installation, mutant, seatLocking, report };
  const processes = new ProcessTable(host);
  const apis = () => processes.apis;
  const failed = (name: string) => (error: unknown) =>
    report("answers", `${name} failed: ${stackOf(error)}`);
  const placeOf = (token: string) => ports.tokens.verify(token);
  const game = ruleGame(plan, network, {
    ...{ sale, observer, placeOf, apis, failed: failed("the box office") },
  });
  const clients = virtualClients(plan, network, {
    transport: virtualTransport(network, streams, apis, report),
    sale,
    ...{ placeOf, game },
    failed: failed("a buyer"),
  });
  const { queueId } = sale;
  const operatorRandom = { changes: streams("operator"), replays: streams("replays") };
  const operatorTask = { queueId, apis, failed: failed("the operator") };
  const operator = virtualOperator(network, operatorRandom, operatorTask);
  const redisLost = () => {
    clients.line.redisLost();
    game?.redisLost();
  };
  const loseRedis = () => {
    servers.redisState.lose();
    redisLost();
  };
  const exercise =
    incident && runbookExercise(incident, { host, processes, observer, sale, failed, loseRedis });
  return {
    run: {
      ...{ observer, servers, queueId, clients, operator, game, exercise },
      reviveAll: () => processes.reviveAll(),
    },
    start() {
      processes.start();
      clients.start();
      operator.start();
      game?.boxOffice.start();
      exercise?.start();
      runScheduledFaults(network, servers, processes, installation.atPromotion, redisLost);
    },
  };
}
