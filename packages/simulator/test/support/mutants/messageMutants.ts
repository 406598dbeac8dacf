import type { CoreContext } from "@onsale/core";
import { busyRelay } from "./circumstances.ts";
import { type CaughtFault, otherPorts, type Parts } from "./plantedFault.ts";

const OUTBOX = "packages/core/src/adapters/sql/outboxStatements.ts";
const CONSUMER = "packages/core/src/outbox/consumeEvents.ts";
const LEASES = "packages/core/src/outbox/bucketLeases.ts";
const DUE = { path: OUTBOX, text: "ORDER BY m.id LIMIT :max`," };

/** Remembers for each bucket how far it was read, as a column of the database would. */
function readsByCursor() {
  const cursors = new Map<number, number>();
  return otherPorts(({ core }) => ({
    outbox: {
      ...core.outbox,
      async due(tx, bucket, max) {
        const rows = await core.outbox.due(tx, bucket, max);
        return rows.filter(({ id }) => id > (cursors.get(bucket) ?? 0));
      },
      async markPublished(tx, leases, ids) {
        const marked = await core.outbox.markPublished(tx, leases, ids);
        if (marked === 0) return 0;
        // With one bucket, as in these circumstances, all ids are of the only lease.
        for (const { name } of leases) {
          const bucket = Number(name.split(":")[1]);
          cursors.set(bucket, Math.max(cursors.get(bucket) ?? 0, ...ids));
        }
        return marked;
      },
    },
  }));
}

/** Every relay has every bucket: each takes a lease of its own. */
function leasesOfTheirOwn({ core }: Parts): CoreContext["leases"] {
  const { leases } = core;
  return {
    ...leases,
    acquire: (name, owner, ttlMs) =>
      leases.acquire(name.startsWith("outbox-bucket:") ? `${name}:${owner}` : name, owner, ttlMs),
    async list(prefix) {
      if (prefix === "outbox-bucket:") return [];
      const all = await leases.list(prefix);
      return prefix === "outbox-relay:" ? all.slice(0, 1) : all;
    },
  };
}

/** Time that a relay needs for the messages that it took. */
const CLAIM_MS = 1_000;

/** Relays share the messages of a bucket, one by one, as SKIP LOCKED would hand them out. */
function sharesMessages() {
  const claimed = new Map<number, number>();
  return otherPorts((parts) => {
    const { core } = parts;
    return {
      leases: leasesOfTheirOwn(parts),
      outbox: {
        ...core.outbox,
        async due(tx, bucket, max) {
          const nowMs = core.clock.monotonicMs();
          const rows = await core.outbox.due(tx, bucket, max);
          const [first] = rows.filter(({ id }) => (claimed.get(id) ?? 0) <= nowMs);
          if (!first) return [];
          claimed.set(first.id, nowMs + CLAIM_MS);
          return [first];
        },
      },
    };
  });
}

/** Faults of outbox messages and their consumers. */
export const messageMutants: readonly CaughtFault[] = [
  {
    name: "outbox by cursor",
    plants: "the relay reads on from the highest id that it has published",
    place: { path: OUTBOX, text: "WHERE m.bucket = :bucket AND m.status = 'PENDING'" },
    circumstances: busyRelay,
    caughtBy: ["liveness", "I5", "I6", "loops"],
    seedsMax: 250,
    plant: readsByCursor,
  },
  {
    name: "message after the change",
    plants: "the outbox message is written in a transaction of its own",
    place: {
      path: "packages/core/src/outbox/appendMessages.ts",
      text: "await core.outbox.append(",
    },
    caughtBy: ["I5", "answers", "liveness", "loops", "sales"],
    seedsMax: 60,
    plant: () =>
      otherPorts(({ core }) => ({
        outbox: {
          ...core.outbox,
          append: (_tx, messages) =>
            core.withTransaction((own) => core.outbox.append(own, messages)),
        },
      })),
  },
  {
    name: "messages shared one by one",
    plants: "relays share the messages of a bucket instead of the buckets",
    place: { path: LEASES, text: "const lease = await leases.acquire(" },
    caughtBy: ["I6", "loops"],
    seedsMax: 40,
    plant: sharesMessages,
  },
  {
    name: "consumer without inbox",
    plants: "the consumers apply every message that they receive",
    place: { path: CONSUMER, text: "if (!(await core.inbox.record(tx, consumer," },
    caughtBy: ["I5", "loops"],
    seedsMax: 20,
    plant: () =>
      otherPorts(({ core }) => ({
        inbox: {
          ...core.inbox,
          async record(tx, consumer, messageId) {
            await core.inbox.record(tx, consumer, messageId);
            return true;
          },
          async recordAll(tx, consumer, messageIds) {
            await core.inbox.recordAll(tx, consumer, messageIds);
            return messageIds.length;
          },
        },
      })),
  },
  {
    name: "inbox before the effect",
    plants: "the inbox record is committed before its effect",
    place: { path: CONSUMER, text: "if (!(await core.inbox.record(tx, consumer," },
    caughtBy: ["I5", "loops", "sales"],
    seedsMax: 80,
    plant: () =>
      otherPorts(({ core }) => ({
        inbox: {
          ...core.inbox,
          record: (_tx, consumer, messageId) =>
            core.withTransaction((own) => core.inbox.record(own, consumer, messageId)),
          recordAll: (_tx, consumer, messageIds) =>
            core.withTransaction((own) => core.inbox.recordAll(own, consumer, messageIds)),
        },
      })),
  },
  {
    name: "consumer that acknowledges first",
    plants: "a message counts as applied as soon as it was handed out",
    place: { path: CONSUMER, text: "await applyMessage(core, of, message);" },
    caughtBy: ["I5", "loops", "sales"],
    seedsMax: 150,
    plant: () =>
      otherPorts(({ core }) => ({
        consumers: {
          run: (subscription) =>
            core.consumers.run({
              ...subscription,
              async handle(message) {
                void subscription.handle(message).catch(() => undefined);
              },
              async handleGroup(messages) {
                void subscription.handleGroup?.(messages).catch(() => undefined);
                return subscription.handleGroup !== undefined;
              },
            }),
        },
      })),
  },
  {
    name: "outbox without order",
    plants: "the relay takes what is due in no particular order",
    place: DUE,
    caughtBy: ["I6"],
    seedsMax: 30,
    plant: () =>
      otherPorts(({ core }) => ({
        outbox: {
          ...core.outbox,
          due: async (tx, bucket, max) => (await core.outbox.due(tx, bucket, max)).toReversed(),
        },
      })),
  },
  {
    name: "every relay has every bucket",
    plants: "two relays own the same bucket at a time",
    place: { path: LEASES, text: "const lease = await leases.acquire(" },
    // The order stays right: each batch begins with the oldest unpublished message.
    caughtBy: ["service"],
    seedsMax: 40,
    plant: () => otherPorts((parts) => ({ leases: leasesOfTheirOwn(parts) })),
  },
  {
    name: "sales added apart",
    plants: "the figures of a performance change in a transaction of their own",
    place: { path: "packages/core/src/sales/countSale.ts", text: "await sales.add(tx, change)" },
    caughtBy: ["sales", "loops"],
    seedsMax: 100,
    plant: () =>
      otherPorts(({ core }) => ({
        sales: {
          ...core.sales,
          add: (_tx, change) => core.withTransaction((own) => core.sales.add(own, change)),
        },
      })),
  },
];
