import type { Migration } from "./migration.ts";

/**
 * Finds a buyer's later admissions to a queue: a request to leave with the token of an earlier
 * place must not cancel holds that the buyer made under a later one.
 */
export const admissionsOfBuyer: Migration = {
  name: "0006-admissionsOfBuyer",
  statements: [
    "CREATE INDEX queue_admissions_buyer ON queue_admissions (queue_id, user_id, sequence)",
  ],
};
