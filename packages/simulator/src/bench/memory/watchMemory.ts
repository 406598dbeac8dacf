import { request } from "undici";
import type { Target } from "../load/loadPlan.ts";
import type { MemorySample } from "./memoryTrend.ts";

/** Interval of the samples, ms: several of them lie between two full collections. */
const SAMPLE_MS = 500;
const BYTES_PER_MIB = 1024 * 1024;

/** Watches the memory of API processes, which report it on /metrics. */
export interface MemoryWatch {
  /** @returns the samples of each process, in the order of the targets */
  stop(): Promise<readonly (readonly MemorySample[])[]>;
}

/** Starts a watch. A sample that fails is left out. */
export function watchMemory(targets: readonly Target[]): MemoryWatch {
  const startedMs = performance.now();
  const samples: MemorySample[][] = targets.map(() => []);
  let running: Promise<void> | undefined;
  const sampleAll = async (): Promise<void> => {
    const atMs = performance.now() - startedMs;
    const read = await Promise.allSettled(targets.map(readMemory));
    for (const [index, result] of read.entries()) {
      if (result.status === "fulfilled") samples[index]?.push({ atMs, ...result.value });
    }
    running = undefined;
  };
  const timer = setInterval(() => {
    running ??= sampleAll();
  }, SAMPLE_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
      return samples;
    },
  };
}

async function readMemory({ port }: Target): Promise<Omit<MemorySample, "atMs">> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`);
  const text = await body.text();
  return {
    rssMb: gaugeOf(text, "process_resident_memory_bytes") / BYTES_PER_MIB,
    heapMb: gaugeOf(text, "nodejs_heap_size_used_bytes") / BYTES_PER_MIB,
  };
}

function gaugeOf(text: string, name: string): number {
  const [, value] = new RegExp(`^${name} (\\S+)$`, "m").exec(text) ?? [];
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return Number(value);
}
