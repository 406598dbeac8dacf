import type { SeatLock } from "../../../ports/seatLock.ts";
import type { Random } from "../../../shared/random.ts";
import type { WaitingLockOptions } from "../seatLockOptions.ts";
import { attemptOn, type SeatLockPorts } from "./attempt.ts";
import type { ListenForReleases, LockTable } from "./lockTable.ts";
import { pubsubSeatLock } from "./pubsubSeatLock.ts";
import { spinSeatLock } from "./spinSeatLock.ts";

/** The strategies over a lock table: they differ in what a refused buyer does. */
export function tableSeatLock(
  strategy: "simple" | "spin" | "pubsub",
  table: LockTable & { readonly listen?: ListenForReleases },
  ports: SeatLockPorts & { readonly random: Random },
  options: WaitingLockOptions,
): SeatLock {
  const attempt = attemptOn(table, ports, options);
  switch (strategy) {
    case "simple":
      return { tryAcquire: attempt };
    case "spin":
      return spinSeatLock(attempt, ports, options.waitMs);
    case "pubsub":
      return pubsubSeatLock(attempt, ports.clock, options.waitMs, (listener) =>
        table.listen?.(listener),
      );
  }
}
