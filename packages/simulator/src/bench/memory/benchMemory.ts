import { startApis } from "../benchApis.ts";
import type { BenchGround } from "../benchGround.ts";
import type { LoadResult } from "../benchReport.ts";
import { type BenchBuyer, setTheStage } from "../benchStage.ts";
import { holdRequest } from "../cases/holdRequest.ts";
import { userIdsFrom } from "../cases/userIds.ts";
import { openLoadGenerator } from "../load/loadGenerator.ts";
import { type MemoryTrend, memoryTrend } from "./memoryTrend.ts";
import { watchMemory } from "./watchMemory.ts";

/** The memory of the API processes under a constant load. */
export interface MemoryFigures {
  readonly inFlight: number;
  /** Time under load, ms. */
  readonly elapsedMs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failed: number;
  readonly failedBy: Readonly<Record<string, number>>;
  /** One for each API process. */
  readonly processes: readonly MemoryTrend[];
}

/** Seats of a hall, and number of buyers: more than any cache of a process has entries. */
const HALL_SEATS = 25_000;

/**
 * Holds seats for the given time, hall after hall, and watches the memory of the API processes.
 * Each buyer holds one seat of each hall. The next hall is made while a hall sells.
 */
export async function benchMemory(ground: BenchGround, forMs: number): Promise<MemoryFigures> {
  const { settings, signal, measuring } = ground;
  const { inFlight, apiProcesses: count } = settings;
  const stage = await setTheStage(ground.core, "bench");
  const seats = Math.min(HALL_SEATS, settings.operationsMax);
  const buyers = await stage.admit(userIdsFrom(1, seats));
  const hall = async () => requestsOf(buyers, (await stage.addSeats(buyers.length)).seatIds);
  const apis = await startApis(ground.apis, { count, profiled: false, signal });
  const generator = openLoadGenerator();
  const { targets } = apis;
  let next = hall();
  const watch = watchMemory(targets);
  const results: LoadResult[] = [];
  try {
    const startedMs = performance.now();
    const elapsed = () => performance.now() - startedMs;
    while (elapsed() < forMs) {
      signal.throwIfAborted();
      const requests = await next;
      next = hall();
      const total = requests.length;
      const load = await generator.prepare({ kind: "closed", targets, requests, total, inFlight });
      const timer = setTimeout(load.stop, Math.max(0, forMs - elapsed()));
      signal.addEventListener("abort", load.stop, { once: true });
      results.push(await load.run());
      clearTimeout(timer);
      signal.removeEventListener("abort", load.stop);
      measuring.onRound(`${Math.round(elapsed() / 1000)} s`);
    }
    const samples = await watch.stop();
    return {
      inFlight,
      elapsedMs: elapsed(),
      ...sumOf(results),
      processes: samples.map(memoryTrend),
    };
  } finally {
    await next;
    await watch.stop();
    await generator.close();
    await apis.stop();
  }
}

function requestsOf(buyers: readonly BenchBuyer[], seatIds: readonly number[]): readonly string[] {
  return seatIds.map((seatId, index) => holdRequest(seatId, buyers[index]?.token));
}

function sumOf(results: readonly LoadResult[]) {
  const failedBy: Record<string, number> = {};
  const sums = { accepted: 0, refused: 0, failed: 0, failedBy };
  for (const one of results) {
    sums.accepted += one.accepted;
    sums.refused += one.refused;
    sums.failed += one.failed;
    for (const [reason, count] of Object.entries(one.failedBy)) {
      failedBy[reason] = (failedBy[reason] ?? 0) + count;
    }
  }
  return sums;
}
