import type { OnsaleConfig } from "./config.ts";
import type { OpenCoreOptions, OpenedCore } from "./openedCore.ts";
import type { Clock } from "./shared/clock.ts";

/** State of the servers in memory, shared by any number of cores. */
export type MemoryServers = object;

export function createMemoryServers(_options: { readonly clock?: Clock } = {}): MemoryServers {
  return {};
}

export function openMemoryCore(
  _config: OnsaleConfig,
  _servers: MemoryServers,
  _options: OpenCoreOptions = {},
): OpenedCore {
  throw new Error("The servers in memory are not put together yet");
}
