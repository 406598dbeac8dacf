import type { Migration } from "./migration.ts";

/**
 * The sales projection (`sales/salesProjection.ts`): what each reservation adds to the figures of
 * its performance, and the figures. The columns of a performance are signed: after a row was lost,
 * they may go below zero until the next rebuild, and must not stop the consumer.
 */
export const sales: Migration = {
  name: "0019-sales",
  statements: [
    `CREATE TABLE sales_reservations (
      reservation_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      performance_id BIGINT UNSIGNED NOT NULL,
      version INT UNSIGNED NOT NULL,
      held INT UNSIGNED NOT NULL,
      sold INT UNSIGNED NOT NULL,
      revenue BIGINT NOT NULL,
      KEY sales_reservations_performance (performance_id, held, sold, revenue)
    )`,
    `CREATE TABLE sales_performances (
      performance_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      held BIGINT NOT NULL,
      sold BIGINT NOT NULL,
      revenue BIGINT NOT NULL
    )`,
  ],
};
