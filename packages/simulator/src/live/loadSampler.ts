import type { Clock } from "../actors/clientEnvironment.ts";
import { cpuTimeMs, machineCpuMs } from "../measure/cpuTime.ts";
import type { LiveProcesses } from "./liveProcesses.ts";

/** CPU usage at a moment, in cores. */
export interface LoadSample {
  /** Milliseconds since the sale opened. */
  readonly atMs: number;
  /** CPU usage of the whole machine. */
  readonly machine: number;
  /** CPU usage of this process, which runs the simulated clients. */
  readonly buyers: number;
  /** CPU usage of the API processes; undefined when the system has no /proc. */
  readonly api: number | undefined;
  readonly worker: number | undefined;
  /** CPU usage of the processes for waiting buyers; missing without such processes. */
  readonly queue?: number;
}

export interface LoadSampler {
  readonly samples: readonly LoadSample[];
  /** Ends the sampling; resolves after the last sample. */
  stop(): Promise<void>;
}

const SAMPLE_EVERY_MS = 500;

type Pids = LiveProcesses["pids"];

/** Samples the CPU load, so that a report shows whether the machine limited the product. */
export function sampleLoad(clock: Clock, opensAtMs: number, pids: Pids): LoadSampler {
  const samples: LoadSample[] = [];
  const stopping = new AbortController();
  const running = run();

  async function run(): Promise<void> {
    let before = await readUse(clock, pids);
    while (!stopping.signal.aborted) {
      await clock.sleep(SAMPLE_EVERY_MS, stopping.signal);
      const now = await readUse(clock, pids);
      const spanMs = now.atMs - before.atMs;
      if (spanMs < SAMPLE_EVERY_MS / 2) return;
      const queue = share(now.queueMs, before.queueMs, spanMs);
      samples.push({
        atMs: now.atMs - opensAtMs,
        machine: (now.machineMs - before.machineMs) / spanMs,
        buyers: (now.buyersMs - before.buyersMs) / spanMs,
        api: share(now.apiMs, before.apiMs, spanMs),
        worker: share(now.workerMs, before.workerMs, spanMs),
        ...(queue !== undefined && { queue }),
      });
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

interface CpuUse {
  readonly atMs: number;
  readonly machineMs: number;
  readonly buyersMs: number;
  readonly apiMs: number | undefined;
  readonly workerMs: number | undefined;
  readonly queueMs: number | undefined;
}

async function readUse(clock: Clock, pids: Pids): Promise<CpuUse> {
  const { api, worker, queue = [] } = pids();
  const [apiMs, workerMs, queueMs] = await Promise.all([api, worker, queue].map(sumOf));
  const own = process.cpuUsage();
  return {
    atMs: clock.monotonicMs(),
    machineMs: machineCpuMs(),
    buyersMs: (own.user + own.system) / 1000,
    apiMs,
    workerMs,
    queueMs,
  };
}

async function sumOf(pids: readonly number[]): Promise<number | undefined> {
  const times = await Promise.all(pids.map(cpuTimeMs));
  let sum: number | undefined;
  for (const time of times) if (time !== undefined) sum = (sum ?? 0) + time;
  return sum;
}

/**
 * The CPU time of a restarted process begins at zero, so the difference can be negative. A negative
 * difference counts as zero.
 */
function share(now: number | undefined, before: number | undefined, spanMs: number) {
  if (now === undefined || before === undefined) return undefined;
  return Math.max(0, now - before) / spanMs;
}
