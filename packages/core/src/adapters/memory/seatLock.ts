import type { CoreConfig } from "../../config/readConfig.ts";
import type { SeatLock } from "../../ports/seatLock.ts";
import type { Random } from "../../shared/random.ts";
import { noSeatLock } from "../shared/noSeatLock.ts";
import type { SeatLockPorts } from "../shared/seatLocks/attempt.ts";
import { renewedTable } from "../shared/seatLocks/renewedTable.ts";
import { tableSeatLock } from "../shared/seatLocks/tableSeatLock.ts";
import { memoryLockTable } from "./lockTable.ts";
import type { RedisState } from "./redisState/redisState.ts";
import { memoryRedlock } from "./redlockSeatLock.ts";
import type { ServerLink } from "./serverLink.ts";

/**
 * The seat lock of the configuration, on the in-memory Redis.
 * @param ports.ended aborted when the process ends
 */
export function memorySeatLock(
  { strategy, ttlMs, waitMs }: CoreConfig["seatLock"],
  redisState: RedisState,
  link: ServerLink,
  ports: SeatLockPorts & { readonly random: Random; readonly ended: AbortSignal },
): SeatLock {
  if (strategy === "conditional") return noSeatLock();
  const { clock } = ports;
  if (strategy === "redlock") return memoryRedlock(redisState, link, clock, { ttlMs });
  const table = memoryLockTable(redisState, link, ttlMs);
  const times = { ttlMs, waitMs };
  if (strategy !== "semaphore") return tableSeatLock(strategy, table, ports, times);
  return tableSeatLock("simple", renewedTable(table, clock, ttlMs, ports.ended), ports, times);
}
