/**
 * The entry `@onsale/core/statements`, for studies of the database: the SQL statements that the
 * stores run, and the limits with which the workflows run them.
 */

export { datesFilter } from "../adapters/sql/datesFilter.ts";
export type { Sql } from "../adapters/sql/statement.ts";
export { STATEMENTS } from "../adapters/sql/stores.ts";
export { BUCKET_BATCH_MAX } from "../outbox/relayBuckets.ts";
export { EXPIRY_BATCH_MAX } from "../reservation/releaseExpiredHolds.ts";
