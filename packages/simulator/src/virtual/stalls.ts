import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Server } from "./faults.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** Silence after which a process drops a connection, as the adapters do. */
const DOWN_AFTER_MS = 600;

/** Servers that do not answer for a while. */
export interface Stalls {
  /** The servers themselves, which outlive every process. */
  readonly owner: Owner;
  begin(server: Server, ms: number): void;
  endAll(): void;
  /** The remaining time of the server's stall, ms. */
  leftMs(server: Server): number;
  /** Waits while the server is stalled; "broken" when the stall is too long. */
  pass(caller: Owner, server: Server): Promise<"broken" | undefined>;
  /**
   * Whether the server has received a call that the caller dropped.
   * @param call the name of the call, which alone decides, so excluding a fault changes no other
   */
  arrivesLater(call: string): boolean;
}

/** @param randomOf the random stream of a call, by the name of the call */
export function serverStalls(
  scheduler: Scheduler,
  randomOf: (call: string) => SeededRandom,
): Stalls {
  const until = new Map<Server, number>();
  const owner: Owner = { isAlive: true };
  const leftMs = (server: Server): number =>
    Math.max(0, (until.get(server) ?? 0) - scheduler.elapsedMs);

  return {
    owner,
    begin(server, ms) {
      until.set(server, Math.max(until.get(server) ?? 0, scheduler.elapsedMs + ms));
    },
    endAll: () => until.clear(),
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
