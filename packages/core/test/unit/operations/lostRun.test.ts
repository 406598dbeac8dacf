import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { QueueStore } from "../../../src/ports/queueStore.ts";
import { codeOf, failureOf, held, makeSale, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";

const queueId = QUEUE_ID;
const operator = { name: "mina", host: "ops-1", command: "onsale" };

/** A run that was suspended for longer than its lease, while another operator made a change. */
describe("a run that lost its lease", () => {
  const current = useMemoryQueue();

  const settings = async () => {
    const record = await current().core.admissions.findQueue(null, queueId);
    const { settings: inRedis } = await current().stats();
    return { inMysql: record?.settings, inRedis };
  };

  /** The other operator's whole run, after the lease of the suspended run has expired. */
  const another = async (name: string, input: object, limits: object = {}) => {
    current().clock.pass(11_000);
    const other = { core: current().another() };
    return runPlanned(other, await planOf(other, name, input), limits);
  };

  /** Runs a job that is suspended before its first call of this method after it has begun. */
  async function suspendedAt(
    method: keyof QueueStore,
    meanwhile: () => Promise<unknown>,
    name: string,
    input: object,
  ): Promise<unknown> {
    const { core } = current();
    let hasBegun = false;
    let isSuspended = false;
    const queue = new Proxy(core.queue, {
      get(target, key, receiver) {
        const call: unknown = Reflect.get(target, key, receiver);
        if (key !== method || typeof call !== "function") return call;
        return async (...given: unknown[]) => {
          if (hasBegun && !isSuspended) {
            isSuspended = true;
            await meanwhile();
          }
          return Reflect.apply(call, target, given);
        };
      },
    });
    const suspended: CoreContext = { ...core, queue };
    const begin = (): void => {
      hasBegun = true;
    };
    const { job, confirmation } = await planOf({ core }, name, input);
    subscribe("onsale:operation-step", begin);
    try {
      const run = executeOperation(suspended, {
        ...{ operation: findOperation(name), input, jobId: job.id, operator },
        ...{ reason: "a test", confirmation },
      });
      return await failureOf(run);
    } finally {
      unsubscribe("onsale:operation-step", begin);
    }
  }

  const set = (chosen: object) => ({ queueId, settings: chosen });

  it("changes no setting when it continues before its write to MySQL", async () => {
    const meanwhile = () => another("queue.configure", set({ activeCountMax: 20 }));
    const lost = suspendedAt("stats", meanwhile, "queue.configure", set({ activeCountMax: 500 }));
    expect(codeOf(await lost)).to.equal("RUN_LOST");
    const { inMysql, inRedis } = await settings();
    expect(inMysql).to.include({ activeCountMax: 20 });
    expect(inRedis).to.deep.equal(inMysql);
  });

  it("changes no setting in Redis when it continues after its COMMIT in MySQL", async () => {
    const meanwhile = () => another("queue.configure", set({ mode: "paused" }));
    const lost = suspendedAt("configure", meanwhile, "queue.configure", set({ mode: "draining" }));
    expect(codeOf(await lost)).to.equal("RUN_LOST");
    const { inMysql, inRedis } = await settings();
    expect(inMysql).to.include({ mode: "paused" });
    expect(inRedis).to.deep.equal(inMysql);
  });

  it("discards no waiting place after another drain has begun", async () => {
    await current().join(newUserId());
    await another("queue.configure", set({ mode: "draining", activeCountMax: 1 }));
    await current().promote();
    await another("queue.configure", set({ mode: "open" }));
    for (const userId of [newUserId(), newUserId()]) await current().join(userId);
    const drain = { queueId, discardWaiting: false };
    const meanwhile = () => another("queue.drain", drain, { timeoutMs: 1_000 });
    const lost = suspendedAt("discardWaiting", meanwhile, "queue.drain", {
      ...{ queueId, discardWaiting: true },
    });
    expect(codeOf(await lost)).to.equal("RUN_LOST");
    expect(await current().stats()).to.include({ waitingCount: 2 });
  });

  it("admits no buyer by hand after another operator has paused the queue", async () => {
    await current().join(newUserId());
    const meanwhile = () => another("queue.configure", set({ mode: "paused" }));
    const input = { queueId, count: 1 };
    expect(codeOf(await suspendedAt("promote", meanwhile, "queue.promote", input))).to.equal(
      "RUN_LOST",
    );
    expect(await current().stats()).to.include({ waitingCount: 1, activeCount: 0 });
  });

  it("cancels no hold of a buyer", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 1, { queueId });
    const { userId } = await current().admitted(newUserId());
    const reservationId = await held(core, userId, seatIds, { queueId });
    const meanwhile = () => another("queue.configure", set({ mode: "paused" }));
    const input = { queueId, userId };
    expect(codeOf(await suspendedAt("leave", meanwhile, "queue.evict", input))).to.equal(
      "RUN_LOST",
    );
    const [one] = await core.reservations.ofUser(null, userId, { limit: 10 });
    expect(one).to.include({ id: reservationId, status: "PENDING" });
  });

  it("does not keep the target from other runs", async () => {
    const { core } = current();
    const meanwhile = () => another("queue.configure", set({ mode: "paused" }));
    await suspendedAt("configure", meanwhile, "queue.configure", set({ mode: "draining" }));
    expect(await core.leases.list("operation:")).to.deep.equal([]);
  });
});
