import type { Tracing } from "../../ports/tracing.ts";
import { spanned } from "../shared/traced/spanned.ts";
import type { RedisConnection } from "./connection.ts";
import type { RedisClient } from "./redisClient.ts";

/** Traces the commands and scripts that a traced request sends to Redis. */
export function tracedRedis(redis: RedisConnection, tracing: Tracing): RedisConnection {
  return {
    ...redis,
    run(work) {
      const parent = tracing.active();
      const span = parent && tracing.start({ name: "redis", kind: "client", parent, attributes });
      if (!span) return redis.run(work);
      const named = (command: string): void => {
        span.rename(command);
        span.set({ "db.operation.name": command });
      };
      return spanned(tracing, span, () => redis.run((client) => work(observed(client, named))));
    },
  };
}

const attributes = { "db.system.name": "redis" };

/** The client, with a callback that gets the name of each command or script that is called. */
function observed(client: RedisClient, onCall: (command: string) => void): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]): unknown => {
        if (typeof name === "string") onCall(name);
        return Reflect.apply(value, target, args);
      };
    },
  });
}
