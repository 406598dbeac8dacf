import type { TopicRecord } from "../benchGround.ts";
import type { WrittenGroup } from "./messageWriter.ts";

/** The messages in Kafka, compared with those that were written. */
export interface Arrived {
  /** From COMMIT to the first copy in Kafka. */
  readonly latenciesMs: readonly number[];
  /** Number of messages that are missing in Kafka or out of order, by reason. */
  readonly failedBy: Readonly<Record<string, number>>;
}

/**
 * Compares the messages that were written with the records of the topic. A repetition is allowed; a
 * version that arrives for the first time must be the next one of its account.
 * @param records in the order of each partition
 */
export function countArrived(
  groups: readonly WrittenGroup[],
  records: readonly TopicRecord[],
): Arrived {
  const storedMs = new Map<string, number>();
  for (const { key, version, atMs } of records) {
    const name = `${key} ${version}`;
    if (!storedMs.has(name)) storedMs.set(name, atMs);
  }
  const latenciesMs: number[] = [];
  let lost = 0;
  for (const { commitMs, messages } of groups) {
    for (const [userId, version] of messages) {
      const atMs = storedMs.get(`point-account:${userId} ${version}`);
      if (atMs === undefined) lost += 1;
      else latenciesMs.push(Math.max(0, atMs - commitMs));
    }
  }
  const disordered = countDisordered(records);
  return {
    latenciesMs,
    failedBy: {
      ...(lost > 0 && { "lost message": lost }),
      ...(disordered > 0 && { "message out of order": disordered }),
    },
  };
}

function countDisordered(records: readonly TopicRecord[]): number {
  const lastVersion = new Map<string, number>();
  let disordered = 0;
  for (const { key, version } of records) {
    const last = lastVersion.get(key);
    if (last !== undefined && version <= last) continue;
    if (last !== undefined && version > last + 1) disordered += 1;
    lastVersion.set(key, version);
  }
  return disordered;
}
