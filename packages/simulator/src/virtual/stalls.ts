import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Server } from "./faults.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** Silence after which a connection is given up, as the adapters' watches do. */
const DOWN_AFTER_MS = 600;

/** Servers that do not answer for a while. */
export interface Stalls {
  /** The servers themselves, which outlive every process. */
  readonly owner: Owner;
  begin(server: Server, ms: number): void;
  endAll(): void;
  /** How long the server will not answer yet. */
  leftMs(server: Server): number;
  /** Waits while the server is stalled; "broken" when that takes too long. */
  pass(caller: Owner, server: Server): Promise<"broken" | undefined>;
  /**
   * Whether a call that was given up lies in the server's mailbox nevertheless.
   * @param call its name, which alone decides: leaving another fault out changes nothing for it
   */
  arrivesLater(call: string): boolean;
}

/** @param randomOf chance of a call's own, by its name */
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
