import type { Migration } from "./migration.ts";

/** The operator who asked a running job to stop. The run reads it with each step that it saves. */
export const jobStops: Migration = {
  name: "0015-jobStops",
  statements: ["ALTER TABLE operation_jobs ADD COLUMN stop_requested_by VARCHAR(100) NULL"],
};
