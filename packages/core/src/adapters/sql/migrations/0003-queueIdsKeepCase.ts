import type { Migration } from "./migration.ts";

const QUEUE_ID = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/**
 * Redis keys and tokens tell "Main" from "main"; so must the database, or one row answers for two
 * waiting rooms, of which only one is ever promoted.
 */
export const queueIdsKeepCase: Migration = {
  name: "0003-queueIdsKeepCase",
  statements: [
    `ALTER TABLE queues MODIFY id ${QUEUE_ID}`,
    `ALTER TABLE concerts MODIFY queue_id ${QUEUE_ID}`,
    `ALTER TABLE queue_admissions MODIFY queue_id ${QUEUE_ID}`,
    `ALTER TABLE queue_former_limits MODIFY queue_id ${QUEUE_ID}`,
  ],
};
