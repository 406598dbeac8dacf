import type { Migration } from "./migration.ts";

/**
 * Adds an index that finds a buyer's later admissions to a queue. When a buyer leaves with the
 * token of an earlier place, the holds that the buyer made under a later admission must remain.
 */
export const admissionsOfBuyer: Migration = {
  name: "0006-admissionsOfBuyer",
  statements: [
    "CREATE INDEX queue_admissions_buyer ON queue_admissions (queue_id, user_id, sequence)",
  ],
};
