import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Server } from "./faults.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/**
 * Time without an answer after which a process drops its connection, ms. The real adapters do the
 * same.
 */
const DOWN_AFTER_MS = 600;

/** Servers that do not answer for some time. */
export interface Stalls {
  /** The owner of the servers' operations. The servers outlive every process. */
  readonly owner: Owner;
  begin(server: Server, ms: number): void;
  /** Ends every stall. A server that is cut off stays so. */
  endAll(): void;
  /** Cuts the server off until `restore`. */
  cut(server: Server): void;
  restore(server: Server): void;
  /** Returns the remaining time of the stall, ms; infinite for a server that is cut off. */
  leftMs(server: Server): number;
  /**
   * Waits while the server is stalled. Returns "broken" when the stall is longer than the caller
   * waits.
   */
  pass(caller: Owner, server: Server): Promise<"broken" | undefined>;
  /**
   * Returns true when a stalled server still receives a call whose caller has stopped waiting.
   * @param call the name of the call. Only the name decides, so that excluding one fault does not
   *   change another
   */
  arrivesLater(call: string): boolean;
}

/** @param randomOf takes the name of a call and returns the random stream of this call */
export function serverStalls(
  scheduler: Scheduler,
  randomOf: (call: string) => SeededRandom,
): Stalls {
  const until = new Map<Server, number>();
  const isCut = new Set<Server>();
  const owner: Owner = { isAlive: true };
  const leftMs = (server: Server): number =>
    isCut.has(server)
      ? Number.POSITIVE_INFINITY
      : Math.max(0, (until.get(server) ?? 0) - scheduler.elapsedMs);

  return {
    owner,
    begin(server, ms) {
      until.set(server, Math.max(until.get(server) ?? 0, scheduler.elapsedMs + ms));
    },
    endAll: () => until.clear(),
    cut: (server) => void isCut.add(server),
    restore: (server) => void isCut.delete(server),
    leftMs,
    async pass(caller, server) {
      const waitMs = leftMs(server);
      if (waitMs === 0) return undefined;
      await scheduler.sleep(caller, Math.min(waitMs, DOWN_AFTER_MS));
      return leftMs(server) > 0 ? "broken" : undefined;
    },
    arrivesLater: (call) => randomOf(call).next() < 0.5,
  };
}
