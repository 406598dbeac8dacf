import type { ApiLoadStore } from "../../ports/apiLoad.ts";
import { needed } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

/** Stores the reports of processes as Redis does. */
export function memoryApiLoadStore(redisState: RedisState, link: ServerLink): ApiLoadStore {
  const { apiLoads, nowMs } = redisState;
  return {
    report: (load, keepMs) =>
      needed(
        "redis",
        link.call("redis", "apiLoads.report", () => {
          const reportedAtMs = nowMs();
          const stored = { load, reportedAtMs };
          apiLoads.set(load.processName, stored, reportedAtMs + Math.ceil(keepMs), reportedAtMs);
        }),
      ),
    remove: (processName) =>
      needed(
        "redis",
        link.call("redis", "apiLoads.remove", () => apiLoads.delete(processName)),
      ),
    list: () =>
      needed(
        "redis",
        link.call("redis", "apiLoads.list", () => {
          const atMs = nowMs();
          const stored = apiLoads.keys().map((name) => apiLoads.get(name, atMs)?.value);
          return stored
            .filter((one) => one !== undefined)
            .map(({ load, reportedAtMs }) => ({ ...load, silentMs: atMs - reportedAtMs }))
            .toSorted((a, b) => (a.processName < b.processName ? -1 : 1));
        }),
      ),
  };
}
