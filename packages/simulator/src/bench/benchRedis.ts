import { Redis } from "ioredis";

const SCAN_COUNT = 1000;
/** Redis answers a command within milliseconds. A frozen one would be waited for without an end. */
const ANSWER_MS_MAX = 10_000;

/**
 * Deletes the keys of a benchmark, which have a prefix of their own.
 * @throws the error of the connection, such as ECONNREFUSED; ETIMEDOUT when Redis does not answer
 */
export async function dropBenchKeys(
  redisUrl: string,
  prefix: string,
  answerMsMax = ANSWER_MS_MAX,
): Promise<void> {
  const redis = new Redis(redisUrl, {
    ...{ lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: answerMsMax },
    // The check has no time limit.
    enableReadyCheck: false,
  });
  let failure: unknown;
  redis.on("error", (error) => {
    failure = error;
  });
  try {
    await redis.connect().catch((error: unknown) => {
      // ioredis rejects with "Connection is closed".
      throw failure ?? error;
    });
    for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: SCAN_COUNT })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
    }
  } catch (error) {
    const isFrozen = error instanceof Error && error.message === "Command timed out";
    if (!isFrozen) throw error;
    const text = `Redis does not answer within ${answerMsMax} ms`;
    throw Object.assign(new Error(text, { cause: error }), { code: "ETIMEDOUT" });
  } finally {
    redis.disconnect();
  }
}
