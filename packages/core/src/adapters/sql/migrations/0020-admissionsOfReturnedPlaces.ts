import type { Migration } from "./migration.ts";

/**
 * A place whose admission was missed returns to the line once and is admitted again, so a sequence
 * can have two admissions. Their times differ.
 */
export const admissionsOfReturnedPlaces: Migration = {
  name: "0020-admissionsOfReturnedPlaces",
  statements: [
    `ALTER TABLE queue_admissions
       DROP INDEX queue_admissions_place,
       ADD UNIQUE INDEX queue_admissions_place (queue_id, sequence, admitted_at_us)`,
  ],
};
