import type { Migration } from "./migration.ts";

/**
 * `settings_version` counts the changes of a queue's settings. Redis keeps the version of its
 * settings, and refuses settings of an earlier version.
 */
export const settingsVersions: Migration = {
  name: "0016-settingsVersions",
  statements: ["ALTER TABLE queues ADD COLUMN settings_version BIGINT UNSIGNED NOT NULL DEFAULT 0"],
};
