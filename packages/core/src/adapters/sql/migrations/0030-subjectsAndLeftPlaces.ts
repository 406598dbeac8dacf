import type { Migration } from "./migration.ts";

const SUBJECT = "VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";

/**
 * Facts that the credentials of buyers do not contain.
 *
 * `user_subjects` has the users of subjects that are no user ids (`user/userOfSubject.ts`).
 * Subjects are compared by their bytes, because "Ada" and "ada" can be two persons.
 *
 * `queue_left_places` has the places in line that were given up before their admission
 * (`queue/bestPlace.ts`). Redis has no record of an ended place, so without this table a token
 * would restore it after a loss of Redis.
 */
export const subjectsAndLeftPlaces: Migration = {
  name: "0030-subjectsAndLeftPlaces",
  statements: [
    `CREATE TABLE user_subjects (
      user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      issuer ${SUBJECT},
      subject ${SUBJECT},
      created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      UNIQUE KEY user_subjects_subject (issuer, subject)
    )`,
    // MAPPED_USER_ID_MIN
    `INSERT INTO id_blocks (kind, next_id) VALUES ('user', 4503599627370496)`,
    `CREATE TABLE queue_left_places (
      queue_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      sequence BIGINT UNSIGNED NOT NULL,
      user_id BIGINT UNSIGNED NOT NULL,
      left_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      PRIMARY KEY (queue_id, sequence, user_id),
      KEY queue_left_places_age (left_at)
    )`,
  ],
};
