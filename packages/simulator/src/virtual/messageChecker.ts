import type { MemoryServers } from "@onsale/core/memory";
import type { Violation } from "./violations.ts";

/**
 * Compares the product's records of its messages with what the broker and the platform received.
 * The invariants read only the records.
 * @param accepted how often the platform accepted each notification, by the message id
 */
export function messageViolations(
  servers: MemoryServers,
  accepted: ReadonlyMap<string, number>,
): readonly Violation[] {
  return [
    ...misorderedMessages(servers),
    ...unsentPublications(servers),
    ...unsentNotifications(servers, accepted),
  ];
}

/** Finds messages that first reached the broker after a later message of their aggregate. */
function misorderedMessages({ broker }: MemoryServers): readonly Violation[] {
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  const violations: Violation[] = [];
  for (const { key, headers } of broker.logs().flat()) {
    const version = Number(headers["aggregate-version"]);
    const name = `${key} ${version}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const before = latest.get(key) ?? 0;
    if (version > before) latest.set(key, version);
    else {
      const message = "a message first reached the broker behind a later one of its aggregate";
      violations.push({ check: "I6", message, ids: { aggregate: key, version, behind: before } });
    }
  }
  return violations;
}

/** Finds messages with more recorded publications than copies at the broker. */
function unsentPublications({ broker, database }: MemoryServers): readonly Violation[] {
  const left = copiesOf(broker);
  const violations: Violation[] = [];
  for (const { committed } of database.tables.outboxPublications.all()) {
    if (!committed) continue;
    const { messageId } = committed;
    const copies = left.get(messageId) ?? 0;
    left.set(messageId, copies - 1);
    if (copies > 0) continue;
    const message = "a message was recorded as published more often than the broker received it";
    violations.push({ check: "I6", message, ids: { messageId } });
  }
  return violations;
}

/** Finds notifications that count as delivered and that the platform never accepted. */
function unsentNotifications(
  { database }: MemoryServers,
  accepted: ReadonlyMap<string, number>,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const { committed } of database.tables.notifications.all()) {
    if (committed?.status !== "DELIVERED" || accepted.has(committed.messageId)) continue;
    const message = "a notification counts as delivered and the platform never accepted it";
    violations.push({ check: "I5", message, ids: { messageId: committed.messageId } });
  }
  return violations;
}

/**
 * Finds messages and notifications that arrived too often, in a run without faults. A fault may
 * repeat both, so this check does not apply to a run with faults. A replay may repeat a message at
 * the broker: each replay of a message allows one more copy. Nothing may repeat a notification.
 */
export function repeatedMessages(
  { broker, database }: MemoryServers,
  accepted: ReadonlyMap<string, number>,
): readonly Violation[] {
  const replaysOfMessage = replaysOf(database);
  const repeated = (
    message: string,
    counts: ReadonlyMap<string, number>,
    most: (messageId: string) => number,
  ): Violation[] =>
    [...counts]
      .filter(([messageId, count]) => count > most(messageId))
      .map(([messageId, count]) => ({ check: "service", message, ids: { messageId, count } }));
  return [
    ...repeated(
      "the broker received a message more than once",
      copiesOf(broker),
      (messageId) => 1 + replaysOfMessage(messageId),
    ),
    ...repeated("the platform received a notification more than once", accepted, () => 1),
  ];
}

/**
 * Counts the publications that belong to a replay. The rows of a message that cleanup deleted do
 * not show its replays, so each replay of the run may have repeated it.
 * @returns a function of the message id
 */
function replaysOf({ tables }: MemoryServers["database"]): (messageId: string) => number {
  const replays = new Map<string, number>();
  for (const { committed } of tables.outboxPublications.all()) {
    if (!committed || committed.replayJob === null) continue;
    replays.set(committed.messageId, (replays.get(committed.messageId) ?? 0) + 1);
  }
  const stored = new Set(
    [...tables.outboxMessages.all()].map(({ committed }) => committed?.messageId),
  );
  const jobCount = [...tables.operationJobs.all()].filter(
    ({ committed }) => committed?.operation === "outbox.replay",
  ).length;
  return (messageId) => (stored.has(messageId) ? (replays.get(messageId) ?? 0) : jobCount);
}

/** Counts the copies of each message at the broker, by the message id. */
function copiesOf(broker: MemoryServers["broker"]): Map<string, number> {
  const copies = new Map<string, number>();
  for (const { headers } of broker.logs().flat()) {
    const messageId = headers["message-id"] ?? "";
    copies.set(messageId, (copies.get(messageId) ?? 0) + 1);
  }
  return copies;
}
