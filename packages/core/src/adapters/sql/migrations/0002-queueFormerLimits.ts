import type { Migration } from "./migration.ts";

/**
 * I7: each row keeps the limits of a queue that a change of settings replaced. The checker compares
 * an admission with the limits that were in force at the time of the admission.
 */
export const queueFormerLimits: Migration = {
  name: "0002-queueFormerLimits",
  statements: [
    `CREATE TABLE queue_former_limits (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      queue_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
      active_count_max INT UNSIGNED NOT NULL,
      admission_rate_per_minute INT UNSIGNED NOT NULL,
      ended_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      KEY queue_former_limits_queue (queue_id, id)
    )`,
  ],
};
