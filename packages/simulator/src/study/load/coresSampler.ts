import { setTimeout as sleep } from "node:timers/promises";
import { cpuSpent, cpuTimes, machineCpuMs, type WatchedProcesses } from "../../measure/cpuTime.ts";
import { type LoadCores, type LoadParty, loadParties } from "./loadReport.ts";

/** A sample: the CPU time that was used until then. */
interface CoresSample {
  readonly atMs: number;
  readonly machineMs: number;
  readonly spentMs: Readonly<Record<string, number>>;
}

export interface CoresSampler {
  /** Returns the cores in use between two moments, ms since the start of the sampler. */
  between(fromMs: number, toMs: number): LoadCores;
  /** Ends the sampling; resolves after the last sample. */
  stop(): Promise<void>;
}

const SAMPLE_EVERY_MS = 500;

/**
 * Samples the CPU time of all parties.
 * @param onSample receives the time since the start, ms
 */
export async function sampleCores(
  watched: WatchedProcesses,
  onSample: (atMs: number) => void,
): Promise<CoresSampler> {
  const stopping = new AbortController();
  const startedMs = performance.now();
  const first = await cpuTimes(watched);
  const machineFirst = machineCpuMs();
  const samples: CoresSample[] = [{ atMs: 0, machineMs: 0, spentMs: {} }];
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(SAMPLE_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      // A process that has ended shows no time any more; what it used until then still counts.
      const spentMs = { ...samples.at(-1)?.spentMs, ...cpuSpent(first, await cpuTimes(watched)) };
      const atMs = performance.now() - startedMs;
      samples.push({ atMs, machineMs: machineCpuMs() - machineFirst, spentMs });
      onSample(atMs);
    }
  }

  return {
    between(fromMs, toMs) {
      const from = samples.findLast(({ atMs }) => atMs <= fromMs) ?? samples[0];
      const to = samples.find(({ atMs }) => atMs >= toMs) ?? samples.at(-1);
      if (!from || !to || to.atMs <= from.atMs) return { machine: 0, parties: {} };
      const spanMs = to.atMs - from.atMs;
      const parties: Partial<Record<LoadParty, number>> = {};
      for (const party of loadParties) {
        const now = to.spentMs[party];
        if (now === undefined) continue;
        parties[party] = Math.max(0, now - (from.spentMs[party] ?? 0)) / spanMs;
      }
      return { machine: (to.machineMs - from.machineMs) / spanMs, parties };
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
