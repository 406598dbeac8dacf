import type {
  ConsumerLag,
  DescribedMessage,
  MessageRecord,
  MessageState,
  OutboxStatus,
  ServerInspection,
} from "@onsale/core";
import { counted } from "../operation/counted.ts";
import { paint } from "../terminal/paint.ts";
import { type Cell, painted, table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { visible } from "../terminal/visible.ts";

const COLOURS: Partial<Record<MessageState, "red" | "yellow">> = { DEAD: "red", BLOCKED: "yellow" };

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * The outbox as text: counts, buckets with unpublished messages or without a relay, failures.
 * @param broker the state of Kafka, if it was asked
 */
export function drawStatus(status: OutboxStatus, broker?: ServerInspection): string {
  const { pending, blocked, published, dead, discarded, oldestPendingAgeMs } = status;
  const head = ["PENDING", "BLOCKED", "OLDEST", "PER SECOND", "PUBLISHED", "DEAD", "DISCARDED"];
  const rate = status.publishedPerSecond.toFixed(1);
  const counts: Cell[] = [
    ...[String(pending), blocked === 0 ? "0" : painted("yellow", String(blocked))],
    ...[seconds(oldestPendingAgeMs), rate, String(published)],
    ...[dead === 0 ? "0" : painted("red", String(dead)), String(discarded)],
  ];
  return [
    table(head, [counts]),
    ...brokerBlocks(broker),
    ...bucketBlocks(status),
    ...failureBlocks(status),
  ].join("\n\n");
}

/** The reason why nothing is published while Kafka is down. No message has an error then. */
function brokerBlocks(broker: ServerInspection | undefined): string[] {
  if (broker === undefined || broker.reachable) return [];
  return [paint("red", `Kafka does not answer: ${visible(broker.reason ?? "no reason given")}`)];
}

function bucketBlocks({ buckets }: OutboxStatus): string[] {
  const owned = buckets.filter(({ relay }) => relay !== undefined).length;
  const relays = new Set(buckets.flatMap(({ relay }) => relay ?? [])).size;
  const shown = buckets.filter(({ pending, dead }) => pending + dead > 0);
  const noun = relays === 1 ? "relay" : "relays";
  const summary = `${relays} ${noun} for ${owned} of ${buckets.length} buckets`;
  if (shown.length === 0) return [summary];
  const rows = shown.map(({ bucket, pending, dead, oldestPendingAgeMs, relay }): Cell[] => [
    ...[String(bucket), String(pending), seconds(oldestPendingAgeMs), String(dead)],
    relay ?? painted("red", "none"),
  ]);
  return [summary, table(["BUCKET", "PENDING", "OLDEST", "DEAD", "RELAY"], rows)];
}

function failureBlocks({ failingTopics }: OutboxStatus): string[] {
  if (failingTopics.length === 0) return [];
  const rows = failingTopics.map(({ topic, messages, error }) => [topic, String(messages), error]);
  return [table(["FAILING TOPIC", "MESSAGES", "LAST ERROR"], rows)];
}

/** Messages as a table. */
export function messageTable(messages: readonly MessageRecord[]): string {
  return table(
    ["ID", "STATE", "TYPE", "AGGREGATE", "WRITTEN", "ATTEMPTS"],
    messages.map((message) => [
      ...[String(message.id), stateCell(message), message.type, aggregateOf(message)],
      ...[timeText(message.createdAt), String(message.attempts)],
    ]),
  );
}

/** Dead messages as a table with their errors. */
export function deadTable(messages: readonly MessageRecord[]): string {
  return table(
    ["ID", "TYPE", "AGGREGATE", "ATTEMPTS", "LAST ERROR"],
    messages.map((message) => [
      ...[String(message.id), message.type, aggregateOf(message), String(message.attempts)],
      message.lastError ?? "-",
    ]),
  );
}

function stateCell({ state }: MessageRecord): Cell {
  const colour = COLOURS[state];
  return colour === undefined ? state : painted(colour, state);
}

function aggregateOf({ aggregateType, aggregateId, aggregateVersion }: MessageRecord): string {
  return `${aggregateType}:${aggregateId} v${aggregateVersion}`;
}

/** One message with its relations, its publications and its whole payload. */
export function drawMessage({
  message,
  blockedBy,
  blocks,
  publications,
}: DescribedMessage): string {
  const facts: readonly (readonly [string, string])[] = [
    ["id", `${message.id}, message id ${message.messageId}`],
    ["state", message.state],
    ["event", `${message.type} of ${aggregateOf(message)}`],
    ["written", `${timeText(message.createdAt)}, bucket ${message.bucket}`],
    ["attempts", `${message.attempts}, next at ${timeText(message.nextAttemptAt)}`],
    ["last error", message.lastError ?? "none"],
    [
      "published",
      `${timeText(message.publishedAt)}, ${counted(publications.length, "time")} on record`,
    ],
    [
      "replayed",
      message.replayJob ? `${timeText(message.replayedAt)}, job ${message.replayJob}` : "-",
    ],
    ["discarded", message.discardAudit ? `audit record ${message.discardAudit}` : "-"],
    ["waits for", blockedBy ? `message ${blockedBy.id} (${blockedBy.lastError ?? "failed"})` : "-"],
    ["blocks", blocks.length === 0 ? "-" : `messages ${blocks.map(({ id }) => id).join(", ")}`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`);
  const rows = publications.map(({ publishedAt, owner, replayJob }) => [
    ...[timeText(publishedAt), owner, replayJob ?? "-"],
  ]);
  const shown = rows.length === 0 ? [] : ["", table(["PUBLISHED", "RELAY", "REPLAY JOB"], rows)];
  const payload = visible(JSON.stringify(message.payload, null, 2), true);
  return [...lines, ...shown, "", "payload", payload].join("\n");
}

/** The lag of consumer groups as a table, a row for each partition with messages. */
export function drawLag(groups: readonly ConsumerLag[]): string {
  return groups.map(drawGroup).join("\n\n");
}

function drawGroup({ group, partitions, missingTopics }: ConsumerLag): string {
  const total = partitions.reduce((sum, { lag }) => sum + lag, 0);
  const rows = partitions
    .filter(({ endOffset }) => endOffset > 0)
    .map(({ topic, partition, committedOffset, endOffset, lag }): Cell[] => [
      ...[topic, String(partition), String(committedOffset ?? "-"), String(endOffset)],
      lag === 0 ? "0" : painted("yellow", String(lag)),
    ]);
  return [
    `${group}: ${total} messages behind`,
    ...missingTopics.map((topic) => `The topic ${topic} does not exist.`),
    ...(rows.length === 0 ? [] : [table(["TOPIC", "PARTITION", "COMMITTED", "END", "LAG"], rows)]),
  ].join("\n");
}
