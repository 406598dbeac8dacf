import type { Migration } from "./migration.ts";

/**
 * The time zone of each venue, by its IANA name, and the offset of this zone from UTC at the start
 * of the performance. Dates and filters are those of the venue: `starts_at` plus the offset. The
 * offset is stored because MySQL knows time zones only when its administrator has loaded them.
 */
export const venueTimeZones: Migration = {
  name: "0023-venueTimeZones",
  statements: [
    `ALTER TABLE performances
       ADD COLUMN time_zone VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT 'UTC',
       ADD COLUMN utc_offset_minutes SMALLINT NOT NULL DEFAULT 0`,
  ],
};
