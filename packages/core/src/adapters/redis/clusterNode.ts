import type { Redis } from "ioredis";

/** Asks whether the server is a node of a cluster. A user without INFO gets the answer false. */
export async function isClusterNode(client: Redis): Promise<boolean> {
  const text = await client.info("server").catch(() => "");
  return /^redis_mode:cluster\b/m.test(text);
}
