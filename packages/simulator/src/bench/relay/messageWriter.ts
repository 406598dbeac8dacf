import { bucketOf, type CoreContext, type NewOutboxMessage } from "@onsale/core";

/** Points of each charge that a message describes. */
export const CHARGE = 100;

/** The messages to write, and their rate. */
export interface InsertOrder {
  readonly messages: number;
  readonly perSecond: number;
}

/** The messages of one transaction. */
export interface WrittenGroup {
  /** When COMMIT was sent, ms since the epoch. */
  readonly commitMs: number;
  readonly messages: readonly AccountVersion[];
}

type AccountVersion = readonly [userId: number, version: number];

/** Transactions are as large and as many at a time as those of a group commit. */
const GROUP_SIZE = 64;
const LANES = 2;
/** Versions of each account: enough for a wrong order to show. */
const VERSION_MAX = 3;

/**
 * Writes messages of charges at a fixed rate. Every second message is the next version of an
 * account that the same lane has written before.
 */
export function messageWriter(core: CoreContext) {
  const lanes = Array.from({ length: LANES }, (): AccountVersion[] => []);
  let nextUserId = 1;

  function nextOf(written: AccountVersion[], index: number): AccountVersion {
    const older = index % 2 === 1 ? written.shift() : undefined;
    if (older !== undefined) return [older[0], older[1] + 1];
    nextUserId += 1;
    return [nextUserId - 1, 1];
  }

  return async ({ messages, perSecond }: InsertOrder): Promise<readonly WrittenGroup[]> => {
    const startedMs = performance.now();
    const groups: WrittenGroup[] = [];
    let begun = 0;
    async function writeLane(written: AccountVersion[]): Promise<void> {
      while (begun < messages) {
        const size = Math.min(GROUP_SIZE, messages - begun);
        const waitMs = startedMs + (begun * 1000) / perSecond - performance.now();
        begun += size;
        if (waitMs > 0) await core.clock.sleep(waitMs);
        const group = Array.from({ length: size }, (_, index) => nextOf(written, index));
        let commitMs = 0;
        await core.withTransaction(async (tx) => {
          await core.outbox.append(
            tx,
            group.map((one) => messageOf(core, one)),
          );
          commitMs = performance.timeOrigin + performance.now();
        });
        groups.push({ commitMs, messages: group });
        written.push(...group.filter(([, version]) => version < VERSION_MAX));
      }
    }
    await Promise.all(lanes.map(writeLane));
    return groups;
  };
}

function messageOf(core: CoreContext, [userId, version]: AccountVersion): NewOutboxMessage {
  return {
    messageId: core.ids.uuid(),
    aggregateType: "point-account",
    aggregateId: userId,
    aggregateVersion: version,
    type: "point-account.charged",
    payload: { userId, amount: CHARGE, balanceAfter: version * CHARGE },
    bucket: bucketOf("point-account", userId, core.config.outbox.buckets),
  };
}
