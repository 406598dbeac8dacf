import type { Lease, NewOutboxMessage, OutboxMessage } from "@onsale/core";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { message } from "./outboxActs.ts";
import { HOUR_MS } from "./show.ts";

/** A limit that is larger than the number of messages of any case. */
const BATCH = 100;
/** The first bucket of these cases. Lower buckets have the messages of other suites. */
const FIRST_BUCKET = 1_000;

let bucketCount = 0;

/** A bucket that only one case uses, with the lease that its owner needs to publish. */
export interface BucketUnderTest {
  number(): number;
  lease(): Lease;
  message(parts?: Partial<NewOutboxMessage>): NewOutboxMessage;
  append(...messages: readonly NewOutboxMessage[]): Promise<void>;
  due(): Promise<readonly OutboxMessage[]>;
  dueIds(): Promise<string[]>;
  /** Looks an unpublished message up in the database, and returns the id of its row. */
  idOf(sought: NewOutboxMessage): Promise<number>;
  fail(
    sought: NewOutboxMessage,
    failure: { error?: string; retryInMs?: number; dead?: boolean },
  ): Promise<void>;
  /** Marks all due messages as published. @returns their number */
  publishDue(): Promise<number>;
}

/** @param fixed the number of the bucket, when all cases share one bucket */
export function useBucket(db: DatabaseUnderTest, fixed?: number): BucketUnderTest {
  let lease: Lease | undefined;
  const number = (): number => fixed ?? FIRST_BUCKET + bucketCount;
  const current = (): Lease => {
    if (lease === undefined) throw new Error("the bucket is leased while a case runs");
    return lease;
  };
  beforeEach("takes a bucket of its own", async () => {
    bucketCount += 1;
    lease = await db.core.leases.acquire(`outbox-bucket:${number()}`, "me", 24 * HOUR_MS);
  });

  const due = () => db.other.outbox.due(null, number(), BATCH);
  async function idOf(sought: NewOutboxMessage): Promise<number> {
    const pending = await db.core.outbox.pending(null, number(), BATCH);
    const found = pending.find(({ messageId }) => messageId === sought.messageId);
    if (!found) throw new Error("the message is not pending");
    return found.id;
  }

  return {
    number,
    lease: current,
    message: (parts) => message({ bucket: number(), ...parts }),
    append: (...messages) => committed(db.core, ({ outbox }, tx) => outbox.append(tx, messages)),
    due,
    dueIds: async () => (await due()).map(({ messageId }) => messageId),
    idOf,
    async fail(sought, { error = "503", retryInMs = 0, dead = false }) {
      const failure = { error, retryInMs, dead };
      const id = await idOf(sought);
      const { attempts = 0 } = (await db.core.outboxAdmin.find(null, sought.messageId)) ?? {};
      await db.core.outbox.markFailed(null, { id, attempts }, failure);
    },
    async publishDue() {
      const ids = (await due()).map(({ id }) => id);
      return committed(db.core, ({ outbox }, tx) => outbox.markPublished(tx, [current()], ids));
    },
  };
}
