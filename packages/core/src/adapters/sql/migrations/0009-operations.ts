import type { Migration } from "./migration.ts";

/** The plans and jobs that operators make, and one audit record for each run of a job. */
export const operations: Migration = {
  name: "0009-operations",
  statements: [
    `CREATE TABLE operation_jobs (
      id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
      operation VARCHAR(64) CHARACTER SET ascii NOT NULL,
      input MEDIUMTEXT NOT NULL,
      input_hash CHAR(64) CHARACTER SET ascii NOT NULL,
      plan MEDIUMTEXT NOT NULL,
      plan_hash CHAR(64) CHARACTER SET ascii NOT NULL,
      undoes BIGINT UNSIGNED NULL,
      status ENUM('PLANNED','RUNNING','STOPPED','DONE','FAILED') NOT NULL DEFAULT 'PLANNED',
      checkpoint MEDIUMTEXT NULL,
      changed BIGINT UNSIGNED NOT NULL DEFAULT 0,
      planned_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      valid_until DATETIME(6) NOT NULL,
      outcome MEDIUMTEXT NULL,
      KEY operation_jobs_plan (operation, input_hash, planned_at),
      KEY operation_jobs_status (status, planned_at)
    )`,
    `CREATE TABLE ops_audit (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      job_id CHAR(36) CHARACTER SET ascii NOT NULL,
      operation VARCHAR(64) CHARACTER SET ascii NOT NULL,
      operator VARCHAR(100) NOT NULL,
      host VARCHAR(255) NOT NULL,
      command MEDIUMTEXT NOT NULL,
      reason MEDIUMTEXT NULL,
      plan_hash CHAR(64) CHARACTER SET ascii NOT NULL,
      undoes BIGINT UNSIGNED NULL,
      outcome ENUM('OPEN','INTERRUPTED','STOPPED','DONE','FAILED') NOT NULL DEFAULT 'OPEN',
      changed BIGINT UNSIGNED NOT NULL DEFAULT 0,
      opened_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      closed_at DATETIME(6) NULL,
      state_before MEDIUMTEXT NOT NULL,
      state_after MEDIUMTEXT NULL,
      KEY ops_audit_job (job_id, id),
      CONSTRAINT ops_audit_job_fk FOREIGN KEY (job_id) REFERENCES operation_jobs (id)
    )`,
  ],
};
