import type { Migration } from "./migration.ts";

/**
 * The order of notifications within a reservation, and the log of deliveries. `reservation_id` is
 * NULL in notifications that an earlier version wrote; they have no order.
 */
export const deliveries: Migration = {
  name: "0031-deliveries",
  statements: [
    `ALTER TABLE notifications ADD COLUMN reservation_id BIGINT UNSIGNED NULL,
       ADD INDEX notifications_reservation (reservation_id, status, id)`,
    `CREATE TABLE notification_deliveries (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      notification_id BIGINT UNSIGNED NOT NULL,
      attempted_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      duration_ms INT UNSIGNED NOT NULL,
      error VARCHAR(500) NULL,
      KEY notification_deliveries_notification (notification_id, id),
      KEY notification_deliveries_age (attempted_at)
    )`,
  ],
};
