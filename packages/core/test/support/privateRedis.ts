import { type FaultAction, type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";

let redisCount = 0;

/** A Redis server of this test alone, which the test may stop or freeze. */
export interface PrivateRedis {
  readonly url: string;
  fault(action: FaultAction): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrivateRedis(): Promise<PrivateRedis> {
  redisCount += 1;
  const stack: Stack = await stackUp({
    name: `${TEST_STACK_PREFIX}redis-${process.pid}-${redisCount}`,
    servers: ["redis"],
    env: { ...process.env, REDIS_URL: "" },
  });
  return {
    url: stack.urls.redisUrl,
    fault: (action) => stack.fault("redis", action),
    stop: () => stack.down(),
  };
}

/** Time limit, ms: longer than a server takes to start, shorter than a test may take. */
const PATIENCE_MS = 20_000;

/** Repeats the check until it returns true. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs)
      throw new Error(`the condition was not true within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
