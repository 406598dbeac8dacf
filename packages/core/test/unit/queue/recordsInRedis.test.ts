import { expect } from "chai";
import { recordsInRedis } from "../../../src/adapters/shared/recordsInRedis.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

describe("records of queues in Redis", () => {
  const current = useMemoryQueue();
  const find = (queueId = QUEUE_ID) => {
    const { core } = current();
    return recordsInRedis(core.admissions, core.queue).findQueue(null, queueId);
  };

  it("are the records that MySQL has, without a call to MySQL", async () => {
    const { callsOf, core, join } = current();
    await join(1);
    const record = await core.admissions.findQueue(null, QUEUE_ID);
    const calls = await callsOf(async () => expect(await find()).to.deep.equal(record));
    expect(calls).to.deep.equal(["redis queue.stats"]);
  });

  it("come from MySQL for a queue that Redis does not have", async () => {
    const { core } = current();
    expect(await find()).to.deep.equal(await core.admissions.findQueue(null, QUEUE_ID));
    expect(await find("nowhere")).to.equal(undefined);
  });

  it("have the epoch of MySQL after the next promotion", async () => {
    const { core, join } = current();
    await join(1);
    await core.withTransaction((tx) => core.admissions.raiseEpoch(tx, QUEUE_ID, 1));
    expect(await find()).to.include({ epoch: 1 });
    core.queueState.known.forget(QUEUE_ID);
    await promoteWaiting(core, { queueId: QUEUE_ID });
    expect(await find()).to.include({ epoch: 2 });
  });
});
