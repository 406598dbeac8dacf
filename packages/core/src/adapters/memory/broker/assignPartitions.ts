import type { TopicPartition } from "./topicPartition.ts";

/**
 * Gives out all partitions in turn, as the round-robin assigner of Kafka's clients does. A member
 * gets only partitions of topics that it wants.
 * @param partitionCount of each topic
 * @returns the shares by member; some are empty when there are more members than partitions
 */
export function assignPartitions(
  members: readonly { readonly memberId: string; readonly topics: readonly string[] }[],
  partitionCount: number,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const shares = new Map<string, TopicPartition[]>();
  for (const { memberId } of members) shares.set(memberId, []);
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  let turn = 0;
  for (const topic of topics) {
    const takers = members.filter((member) => member.topics.includes(topic));
    for (let partition = 0; partition < partitionCount; partition += 1) {
      const taker = takers[turn % takers.length];
      if (taker) shares.get(taker.memberId)?.push({ topic, partition });
      turn += 1;
    }
  }
  return shares;
}
