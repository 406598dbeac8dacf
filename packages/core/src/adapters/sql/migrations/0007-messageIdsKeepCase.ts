import type { Migration } from "./migration.ts";

const MESSAGE_ID = "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
const AGGREGATE_TYPE = "VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
const CONSUMER = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/**
 * I5, I6: Kafka and the processes compare message ids, aggregate types and consumers by their
 * bytes, so the database must compare and order them by bytes too. The checkers of the invariants
 * merge several tables in the order of the message id.
 */
export const messageIdsKeepCase: Migration = {
  name: "0007-messageIdsKeepCase",
  statements: [
    `ALTER TABLE outbox_messages MODIFY message_id ${MESSAGE_ID},
      MODIFY aggregate_type ${AGGREGATE_TYPE}`,
    `ALTER TABLE outbox_publications MODIFY message_id ${MESSAGE_ID},
      MODIFY aggregate_type ${AGGREGATE_TYPE}`,
    `ALTER TABLE inbox_messages MODIFY consumer ${CONSUMER}, MODIFY message_id ${MESSAGE_ID}`,
    `ALTER TABLE notifications MODIFY message_id ${MESSAGE_ID}`,
  ],
};
