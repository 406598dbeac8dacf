import type { AdapterSet } from "@onsale/conformance/adapterSet";
import { loseAllRedis } from "./loseRedis.ts";
import { passDatabaseTime } from "./passDatabaseTime.ts";
import { passRedisTime } from "./passRedisTime.ts";
import { openTestCore } from "./testCore.ts";

/** Long enough that a busy machine does not look like an outage. */
const PATIENT = { REDIS_COMMAND_TIMEOUT_MS: "5000" };

/** MySQL, Redis and Kafka, with a database, keys and topics of its own for each opening. */
export const realAdapters: AdapterSet = {
  name: "real servers",
  async open(overrides = {}) {
    const opened = await openTestCore({ ...PATIENT, ...overrides }, "all");
    const { stack } = opened;
    return {
      core: opened.core,
      another: async () => (await opened.another()).core,
      async passTime(ms) {
        await Promise.all([passDatabaseTime(stack, ms), passRedisTime(stack, ms)]);
      },
      loseRedisState: () => loseAllRedis(stack),
      close: () => opened.close(),
    };
  },
};
