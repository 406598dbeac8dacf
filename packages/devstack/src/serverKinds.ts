import { kafkaServer } from "./kafkaServer.ts";
import { mysqlServer } from "./mysqlServer.ts";
import { redisServer } from "./redisServer.ts";
import type { ServerKind } from "./serverKind.ts";
import type { ServerName } from "./types.ts";

export const serverKinds = {
  mysql: mysqlServer,
  redis: redisServer,
  kafka: kafkaServer,
} as const satisfies Record<ServerName, ServerKind>;

/**
 * Time limit of a ping. A running server on loopback answers in milliseconds; a frozen server never
 * answers.
 */
export const PING_MAX_MS = 1_500;

/** Returns true when the server answers now. */
export async function answers(name: ServerName, url: string): Promise<boolean> {
  try {
    await serverKinds[name].ping(url, PING_MAX_MS);
    return true;
  } catch {
    return false;
  }
}
