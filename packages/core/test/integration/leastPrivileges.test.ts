import { expect } from "chai";
import { Redis } from "ioredis";
import { migrateDatabase, openCore } from "../../src/compose/openCore.ts";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../src/queue/queueStatus.ts";
import { recordingLog } from "../support/recorders.ts";
import { configOf, dropTestStack, newTestStack, type TestStack } from "../support/testStack.ts";

/** Commands that hosted services forbid. */
const FORBIDDEN = ["-@dangerous", "-@admin", "-info", "-client", "-config", "-scan"];
const PASSWORD = "only-for-tests";

describe("a Redis user who may only use the keys of the sale", () => {
  let stack: TestStack;
  let admin: Redis;
  let config: ReturnType<typeof configOf>;

  before("creates the user", async () => {
    stack = await newTestStack();
    admin = new Redis(stack.env.REDIS_URL ?? "");
    const rights = [`~${stack.name}:*`, `&${stack.name}:*`, "+@all", ...FORBIDDEN];
    await admin.call("ACL", "SETUSER", stack.name, "on", `>${PASSWORD}`, ...rights);
    const url = new URL(stack.env.REDIS_URL ?? "");
    url.username = stack.name;
    config = configOf(stack, { REDIS_URL: url.href, REDIS_PASSWORD: PASSWORD });
    await migrateDatabase(config);
  });
  after("removes the user", async () => {
    await admin.call("ACL", "DELUSER", stack.name);
    admin.disconnect();
    await dropTestStack(stack);
  });

  it("lets buyers join and admits them, also after Redis lost the queue", async () => {
    const opened = await openCore(config, { log: recordingLog(), role: "api" });
    const { core } = opened;
    const queueId = "main";
    try {
      await configureQueue(core, { queueId, settings: {} });
      const { token } = await joinQueue(core, { queueId, userId: 1 });
      expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 1 });
      await admin.del(`${stack.name}:queue:{${queueId}}:room`);
      expect(await queueStatus(core, { queueId, userId: 1, token })).to.include({
        status: "ACTIVE",
      });
      await joinQueue(core, { queueId, userId: 2 });
      expect(await promoteWaiting(core, { queueId })).to.include({ waiting: 1, active: 1 });
      expect(core.health().filter(({ dependency }) => dependency === "redis")).to.deep.equal([
        { dependency: "redis", up: true },
      ]);
    } finally {
      await opened.close();
    }
  });
});
