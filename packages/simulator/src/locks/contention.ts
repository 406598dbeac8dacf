import { type CoreContext, CoreError, holdSeats } from "@onsale/core";
import type { SeededRandom } from "../chance/seededRandom.ts";
import { zipf } from "../chance/zipf.ts";

/** The parts of the product that buyers use: two processes on one database. */
export interface ContentionGround {
  /** At least one. Buyers use them in turn. */
  readonly cores: readonly CoreContext[];
  readonly queueId: string;
  /** An id that no other buyer has had. */
  newUserId(): number;
}

export interface ContentionInput {
  readonly buyers: number;
  readonly seatIds: readonly number[];
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}

/** The answers to the buyers of one run. */
export interface ContentionRun {
  readonly elapsedMs: number;
  readonly soldOutMs: number;
  /** The number of buyers who got each seat. */
  readonly acceptedBySeat: ReadonlyMap<number, number>;
  readonly accepted: number;
  readonly refused: number;
  readonly failures: ReadonlyMap<string, number>;
}

/** The exponent of Zipf's original law: the first seat is wanted most. */
const ZIPF_EXPONENT = 1;
/** A run that takes longer has a strategy that does not finish. Its buyers then give up. */
const RUN_MS_MAX = 10_000;
/** The refusals that an honest buyer gets. Every other error is a failure. */
const REFUSALS: ReadonlySet<string> = new Set([
  "SEAT_CONTENDED",
  "SEAT_ALREADY_HELD",
  "SEAT_ALREADY_SOLD",
]);
/** The refusals after which a buyer knows that the seat is gone. */
const GONE: ReadonlySet<string> = new Set(["SEAT_ALREADY_HELD", "SEAT_ALREADY_SOLD"]);

/**
 * All buyers come at the same moment. Each chooses a seat by Zipf's law among those that are not
 * known to be gone, as buyers with a fresh seat map do, and chooses again after a refusal. A buyer
 * leaves with a seat, after a failure, or when all seats are gone.
 */
export async function contend(
  ground: ContentionGround,
  { buyers, seatIds, random, signal }: ContentionInput,
): Promise<ContentionRun> {
  const free = new Set(seatIds);
  const acceptedBySeat = new Map<number, number>();
  const failures = new Map<string, number>();
  const startedMs = performance.now();
  const sinceStart = (): number => performance.now() - startedMs;
  let [accepted, refused, soldOutMs] = [0, 0, 0];

  async function request(core: CoreContext, userId: number, seatId: number): Promise<boolean> {
    try {
      await holdSeats(core, { userId, seatIds: [seatId], queueId: ground.queueId });
      accepted += 1;
      acceptedBySeat.set(seatId, (acceptedBySeat.get(seatId) ?? 0) + 1);
      free.delete(seatId);
      soldOutMs = sinceStart();
      return true;
    } catch (error) {
      const code = error instanceof CoreError ? error.code : nameOf(error);
      if (GONE.has(code)) free.delete(seatId);
      if (REFUSALS.has(code)) {
        refused += 1;
        return false;
      }
      failures.set(code, (failures.get(code) ?? 0) + 1);
      return true;
    }
  }

  async function buy(core: CoreContext): Promise<void> {
    const userId = ground.newUserId();
    while (free.size > 0 && !signal.aborted && sinceStart() < RUN_MS_MAX) {
      const offered = [...free];
      const seatId = offered[zipf(offered.length, ZIPF_EXPONENT).rank(random)];
      if (seatId === undefined || (await request(core, userId, seatId))) return;
      // With one seat, a refused buyer goes away, as in the study of the specification.
      if (seatIds.length === 1) return;
    }
  }

  const { cores } = ground;
  await Promise.all(
    Array.from({ length: buyers }, (_unused, index) => {
      const core = cores[index % cores.length];
      return core && buy(core);
    }),
  );
  const elapsedMs = sinceStart();
  return { elapsedMs, soldOutMs, acceptedBySeat, accepted, refused, failures };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

/** The number of buyers who got a seat that another buyer had already got. */
export function doubleSalesOf({ accepted, acceptedBySeat }: ContentionRun): number {
  return accepted - acceptedBySeat.size;
}
