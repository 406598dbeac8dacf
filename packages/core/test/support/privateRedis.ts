import { type FaultAction, type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";

let redisCount = 0;

/** A Redis of the test's own, to be harmed without harming anybody else's. */
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

/** Longer than any server takes to come back, shorter than a test may last. */
const PATIENCE_MS = 20_000;

/** Asks again and again until the answer is yes. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`it was not so within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
