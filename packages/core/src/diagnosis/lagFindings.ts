import { consumerLag, UNREAD_MS_MAX } from "../notification/consumerLag.ts";
import type { ConsumerLag, PartitionLag } from "../ports/consumerLag.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { type Finding, finding } from "./findingList.ts";

/** In a rush, a healthy consumer can be this many messages behind for some seconds. */
const LAG_MAX = 1_000;
/** A consumer that works commits something in this time, also after a pause between two fetches. */
const SECOND_LOOK_MS = 4_000;

/**
 * Findings about consumers that are far behind and not less far at a second look, and about
 * consumers that left a message unread for long and have read nothing by a second look. A consumer
 * that hangs at a message of a quiet sale is never far behind.
 */
export async function lagFindings(core: CoreContext): Promise<readonly Finding[]> {
  const first = await consumerLag(core);
  if (!first.some((group) => isFarBehind(group) || group.partitions.some(hasOld))) return [];
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await consumerLag(core);
  return second.flatMap((group) => {
    const before = first.find((one) => one.group === group.group);
    const message = before && (lagText(before, group) ?? hangText(before, group));
    return message === undefined
      ? []
      : [finding("CONSUMER_LAG", `consumer ${group.group}`, message)];
  });
}

function lagText(before: ConsumerLag, now: ConsumerLag): string | undefined {
  if (!isFarBehind(before) || !isFarBehind(now) || totalOf(now) < totalOf(before)) return undefined;
  return `${now.group} is ${totalOf(now)} messages behind, and has not caught up after a pause`;
}

/** A consumer that catches up has old messages too, but it moves on in their partitions. */
function hangText(before: ConsumerLag, { group, partitions }: ConsumerLag): string | undefined {
  const hanging = partitions.filter((now) => {
    const earlier = before.partitions.find((one) => isSame(one, now));
    return earlier && hasOld(earlier) && hasOld(now) && !hasMoved(earlier, now);
  });
  const [where] = hanging;
  if (!where) return undefined;
  const count = hanging.reduce((sum, { oldLag }) => sum + oldLag, 0);
  const age = UNREAD_MS_MAX / 1000;
  return (
    `${group} has not read ${count} messages that are older than ${age} s, and reads nothing in ` +
    `${hanging.length} partitions, such as ${where.topic}/${where.partition}`
  );
}

const isFarBehind = (group: ConsumerLag): boolean => totalOf(group) > LAG_MAX;
const hasOld = ({ oldLag }: PartitionLag): boolean => oldLag > 0;
const isSame = (a: PartitionLag, b: PartitionLag): boolean =>
  a.topic === b.topic && a.partition === b.partition;
const hasMoved = (a: PartitionLag, b: PartitionLag): boolean =>
  a.committedOffset !== b.committedOffset;
const totalOf = ({ partitions }: ConsumerLag): number =>
  partitions.reduce((sum, { lag }) => sum + lag, 0);
