import type { Migration } from "./migration.ts";

/**
 * I7: `generation` counts the rebuilds of a queue's Redis state. MySQL refuses to record an
 * admission of an earlier generation. Such an admission is missing from the rebuilt state, so its
 * slot may already belong to another buyer.
 */
export const queueGenerations: Migration = {
  name: "0004-queueGenerations",
  statements: ["ALTER TABLE queues ADD COLUMN generation BIGINT UNSIGNED NOT NULL DEFAULT 0"],
};
