import type { Migration } from "./migration.ts";

/**
 * I7: counts the generations of a queue's Redis state. A pass that is recorded late, after a loss
 * and a new start that did not know of it, would fill a slot that somebody else has.
 */
export const queueGenerations: Migration = {
  name: "0004-queueGenerations",
  statements: ["ALTER TABLE queues ADD COLUMN generation BIGINT UNSIGNED NOT NULL DEFAULT 0"],
};
