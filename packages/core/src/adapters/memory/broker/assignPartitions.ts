import type { TopicPartition } from "./topicPartition.ts";

/**
 * Assigns all partitions round-robin, as Kafka's clients do. A member gets only partitions of
 * topics that the member subscribes to.
 * @param partitionCount number of partitions of each topic
 * @returns the partitions by member id. When there are more members than partitions, the last
 *   members get an empty list
 */
export function assignPartitions(
  members: readonly { readonly memberId: string; readonly topics: readonly string[] }[],
  partitionCount: number,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const shares = new Map<string, TopicPartition[]>();
  for (const { memberId } of members) shares.set(memberId, []);
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  let next = 0;
  for (const topic of topics) {
    const subscribers = members.filter((member) => member.topics.includes(topic));
    for (let partition = 0; partition < partitionCount; partition += 1) {
      const owner = subscribers[next % subscribers.length];
      if (owner) shares.get(owner.memberId)?.push({ topic, partition });
      next += 1;
    }
  }
  return shares;
}
