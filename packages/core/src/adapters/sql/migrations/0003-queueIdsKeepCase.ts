import type { Migration } from "./migration.ts";

const QUEUE_ID = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/**
 * Redis keys and tokens distinguish "Main" from "main", so the database must distinguish them too.
 * Otherwise two waiting rooms share one row, and only one of these waiting rooms is ever promoted.
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
