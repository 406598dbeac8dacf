import type { Migration } from "./migration.ts";

/**
 * Replays and discards of outbox messages by operators. `replay_job` is the job that made a
 * published message PENDING again; its next publication keeps the job, so that I6 can judge the
 * order of each replay by itself. `discard_audit` is the audit record of a discard: I5 accepts a
 * DISCARDED message only with this record.
 */
export const outboxOperations: Migration = {
  name: "0011-outboxOperations",
  statements: [
    `ALTER TABLE outbox_messages
       MODIFY status ENUM('PENDING','PUBLISHED','DEAD','DISCARDED') NOT NULL DEFAULT 'PENDING'`,
    "ALTER TABLE outbox_messages ADD COLUMN replay_job CHAR(36) CHARACTER SET ascii NULL",
    "ALTER TABLE outbox_messages ADD COLUMN replayed_at DATETIME(6) NULL",
    "ALTER TABLE outbox_messages ADD COLUMN discard_audit BIGINT UNSIGNED NULL",
    "ALTER TABLE outbox_publications ADD COLUMN replay_job CHAR(36) CHARACTER SET ascii NULL",
  ],
};
