import type { Connection } from "mysql2/promise";

/** Number of rows that one statement of the preparation inserts: below MySQL's packet limit. */
export const INSERT_ROWS_MAX = 5000;

/** An outbox message of the bare loop. */
export interface BareMessage {
  /** Time-ordered, as the product's. */
  readonly messageId: string;
  readonly aggregate: string;
  readonly id: number;
  readonly version: number;
  readonly type: string;
  readonly payload: unknown;
}

/** As many buckets as the default of the product. */
const BUCKETS = 16;
const MESSAGE_VALUES = "(?, ?, ?, ?, ?, ?, ?)";

/** Writes the messages of one transaction in one statement. */
export async function insertMessages(
  connection: Connection,
  messages: readonly BareMessage[],
): Promise<void> {
  const values = messages.flatMap(({ messageId, aggregate, id, version, type, payload }) => [
    ...[messageId, aggregate, id, version, type],
    ...[JSON.stringify(payload), id % BUCKETS],
  ]);
  await connection.execute(
    `INSERT INTO outbox_messages
       (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
     VALUES ${messages.map(() => MESSAGE_VALUES).join(", ")}`,
    values,
  );
}
