import { type CoreContext, checkInvariants } from "@onsale/core";
import type { LiveProcesses } from "../../live/liveProcesses.ts";
import type { WatchedProcesses } from "../../measure/cpuTime.ts";
import { drainSale } from "../../rush/drainSale.ts";
import { sampleCores } from "./coresSampler.ts";
import { type K6Summary, measuredByK6 } from "./k6Summary.ts";
import type { LoadScenarioResult } from "./loadReport.ts";
import type { LoadScenarioPlan } from "./loadScenarios.ts";

/** A running k6. */
export interface RunningK6 {
  readonly pid: number;
  /** Resolves when k6 has ended. @throws Error with k6's output when it wrote no summary */
  readonly ended: Promise<K6Summary>;
}

export interface LoadScenarioInput {
  readonly plan: LoadScenarioPlan;
  readonly core: CoreContext;
  readonly processes: LiveProcesses;
  /** The pids of MySQL, Redis and Kafka, as far as they are known. */
  readonly servers: WatchedProcesses;
  readonly startK6: () => RunningK6;
  readonly onSample: (atMs: number) => void;
  readonly signal: AbortSignal;
}

/** Runs one scenario against running API processes, and checks every invariant afterwards. */
export async function runLoadScenario(
  input: LoadScenarioInput,
): Promise<Omit<LoadScenarioResult, "run">> {
  const { plan, core, processes, servers, startK6, onSample, signal } = input;
  const k6 = startK6();
  // k6 can fail before the sampler runs. Its error is thrown below, when the sampler has stopped.
  k6.ended.catch(() => undefined);
  const { api, worker } = processes.pids();
  const sampler = await sampleCores({ ...servers, load: [k6.pid], api, worker }, onSample);
  const summary = await k6.ended.finally(() => sampler.stop());
  const { fromMs, toMs } = busiestStage(summary.stages);
  const cores = sampler.between(fromMs, Math.min(toMs, summary.tookMs));
  const drain = await drainSale(core, signal, () => {});
  signal.throwIfAborted();
  const report = await checkInvariants(core, { drained: !drain.drained });
  const broken = report.results.filter(({ holds }) => !holds).map(({ id }) => id);
  const invariants = { checked: report.results.length, broken };
  return { ...measuredByK6(summary), title: plan.title, cores, invariants };
}

/** The last stage with the most users at its end, ms since the start. */
function busiestStage(stages: K6Summary["stages"]): { fromMs: number; toMs: number } {
  const most = Math.max(...stages.map(({ users }) => users));
  const index = stages.findLastIndex(({ users }) => users === most);
  const before = stages.slice(0, Math.max(0, index)).reduce((sum, { seconds }) => sum + seconds, 0);
  return { fromMs: before * 1000, toMs: (before + (stages[index]?.seconds ?? 0)) * 1000 };
}
