import type { Migration } from "./migration.ts";

/**
 * CREATE TABLE statements, parent tables first. A comment names the invariant that a table
 * protects.
 */
const TABLES = [
  `CREATE TABLE users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
  )`,
  `CREATE TABLE concerts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(200) NOT NULL,
    singer VARCHAR(200) NOT NULL,
    queue_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY concerts_title (title),
    KEY concerts_singer (singer)
  )`,
  `CREATE TABLE performances (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    concert_id BIGINT UNSIGNED NOT NULL,
    starts_at DATETIME(6) NOT NULL,
    venue VARCHAR(200) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY performances_concert (concert_id, starts_at),
    CONSTRAINT performances_concert_fk FOREIGN KEY (concert_id) REFERENCES concerts (id)
  )`,
  // I1, I2: buyers compete for these rows. Each hold and each release raises `version`. Confirm and
  // release compare it with the version in the seat link, so that a reservation that lost the seat
  // cannot change the seat.
  `CREATE TABLE seats (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    performance_id BIGINT UNSIGNED NOT NULL,
    seat_no VARCHAR(32) NOT NULL,
    section VARCHAR(64) NOT NULL,
    price BIGINT NOT NULL,
    status ENUM('AVAILABLE','HELD','SOLD') NOT NULL DEFAULT 'AVAILABLE',
    reservation_id BIGINT UNSIGNED NULL,
    hold_expires_at DATETIME(6) NULL,
    version INT UNSIGNED NOT NULL DEFAULT 0,
    UNIQUE KEY seats_number (performance_id, seat_no),
    KEY seats_for_sale (performance_id, status),
    CONSTRAINT seats_performance_fk FOREIGN KEY (performance_id) REFERENCES performances (id),
    CONSTRAINT seats_price_positive CHECK (price > 0)
  )`,
  `CREATE TABLE reservations (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    performance_id BIGINT UNSIGNED NOT NULL,
    status ENUM('PENDING','CONFIRMED','CANCELLED','EXPIRED','REFUNDED') NOT NULL,
    amount BIGINT NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    KEY reservations_overdue (status, expires_at),
    KEY reservations_user (user_id, created_at, id)
  )`,
  // I1: `live` is 1 or NULL. The unique key allows one live link to a seat and any number of past
  // links.
  `CREATE TABLE reservation_seats (
    reservation_id BIGINT UNSIGNED NOT NULL,
    seat_id BIGINT UNSIGNED NOT NULL,
    price BIGINT NOT NULL,
    seat_version INT UNSIGNED NOT NULL,
    live TINYINT UNSIGNED NULL,
    PRIMARY KEY (reservation_id, seat_id),
    UNIQUE KEY reservation_seats_one_live (seat_id, live),
    CONSTRAINT reservation_seats_reservation_fk
      FOREIGN KEY (reservation_id) REFERENCES reservations (id),
    CONSTRAINT reservation_seats_live_one CHECK (live = 1)
  )`,
  // I3: the CHECK constraint is the last defence against a balance below zero.
  `CREATE TABLE point_accounts (
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    balance BIGINT NOT NULL,
    version INT UNSIGNED NOT NULL,
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT point_accounts_balance CHECK (balance BETWEEN 0 AND 9007199254740991)
  )`,
  `CREATE TABLE point_entries (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    kind ENUM('CHARGE','SPEND','REFUND') NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    account_version INT UNSIGNED NOT NULL,
    entry_key VARCHAR(100) CHARACTER SET ascii NOT NULL,
    reservation_id BIGINT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY point_entries_key (entry_key),
    UNIQUE KEY point_entries_version (user_id, account_version),
    KEY point_entries_history (user_id, id),
    CONSTRAINT point_entries_account_fk FOREIGN KEY (user_id) REFERENCES point_accounts (user_id),
    CONSTRAINT point_entries_amount CHECK (amount > 0)
  )`,
  // I2, I4: a reservation has at most one payment.
  `CREATE TABLE payments (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    reservation_id BIGINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    amount BIGINT NOT NULL,
    status ENUM('CAPTURED','REFUNDED') NOT NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    captured_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    refunded_at DATETIME(6) NULL,
    UNIQUE KEY payments_reservation (reservation_id),
    KEY payments_user (user_id, id),
    CONSTRAINT payments_reservation_fk FOREIGN KEY (reservation_id) REFERENCES reservations (id)
  )`,
  `CREATE TABLE idempotency_records (
    user_id BIGINT UNSIGNED NOT NULL,
    operation VARCHAR(32) CHARACTER SET ascii NOT NULL,
    idempotency_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fingerprint CHAR(64) CHARACTER SET ascii NOT NULL,
    answer MEDIUMTEXT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id, operation, idempotency_key),
    KEY idempotency_records_age (created_at)
  )`,
  // I5, I6: an aggregate version has exactly one message.
  `CREATE TABLE outbox_messages (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id CHAR(36) CHARACTER SET ascii NOT NULL,
    aggregate_type VARCHAR(32) CHARACTER SET ascii NOT NULL,
    aggregate_id BIGINT UNSIGNED NOT NULL,
    aggregate_version INT UNSIGNED NOT NULL,
    type VARCHAR(64) CHARACTER SET ascii NOT NULL,
    payload MEDIUMTEXT NOT NULL,
    bucket SMALLINT UNSIGNED NOT NULL,
    status ENUM('PENDING','PUBLISHED','DEAD') NOT NULL DEFAULT 'PENDING',
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    published_at DATETIME(6) NULL,
    last_error VARCHAR(500) NULL,
    UNIQUE KEY outbox_messages_message (message_id),
    UNIQUE KEY outbox_messages_version (aggregate_type, aggregate_id, aggregate_version),
    KEY outbox_messages_due (bucket, status, id),
    KEY outbox_messages_published (status, published_at)
  )`,
  // Messages that the relay published, in the order of publication. I6 is checked on this table.
  `CREATE TABLE outbox_publications (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id CHAR(36) CHARACTER SET ascii NOT NULL,
    aggregate_type VARCHAR(32) CHARACTER SET ascii NOT NULL,
    aggregate_id BIGINT UNSIGNED NOT NULL,
    aggregate_version INT UNSIGNED NOT NULL,
    owner VARCHAR(64) CHARACTER SET ascii NOT NULL,
    published_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY outbox_publications_aggregate (aggregate_type, aggregate_id, id)
  )`,
  `CREATE TABLE inbox_messages (
    consumer VARCHAR(64) CHARACTER SET ascii NOT NULL,
    message_id CHAR(36) CHARACTER SET ascii NOT NULL,
    applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer, message_id)
  )`,
  // I5: message_id has no unique key, so only the inbox prevents a second effect of a message, and
  // I5 can check the inbox on this table.
  `CREATE TABLE notifications (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id CHAR(36) CHARACTER SET ascii NOT NULL,
    body MEDIUMTEXT NOT NULL,
    status ENUM('OWED','DELIVERED','DEAD') NOT NULL DEFAULT 'OWED',
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    delivered_at DATETIME(6) NULL,
    last_error VARCHAR(500) NULL,
    KEY notifications_due (status, next_attempt_at),
    KEY notifications_message (message_id)
  )`,
  `CREATE TABLE leases (
    name VARCHAR(100) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    owner VARCHAR(64) CHARACTER SET ascii NOT NULL,
    epoch BIGINT UNSIGNED NOT NULL,
    expires_at DATETIME(6) NOT NULL
  )`,
  `CREATE TABLE id_blocks (
    kind VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    next_id BIGINT UNSIGNED NOT NULL
  )`,
  `INSERT INTO id_blocks (kind, next_id) VALUES ('reservation', 1), ('payment', 1)`,
  `CREATE TABLE queues (
    id VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    epoch INT UNSIGNED NOT NULL DEFAULT 1,
    active_count_max INT UNSIGNED NOT NULL,
    admission_rate_per_minute INT UNSIGNED NOT NULL,
    active_ttl_ms INT UNSIGNED NOT NULL,
    claim_ms INT UNSIGNED NOT NULL,
    mode ENUM('open','paused','draining') NOT NULL DEFAULT 'open'
  )`,
  // I7, I8: all recorded admissions. The times come from Redis's clock, in microseconds.
  `CREATE TABLE queue_admissions (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    queue_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    sequence BIGINT UNSIGNED NOT NULL,
    admitted_at_us BIGINT UNSIGNED NOT NULL,
    entered_at_us BIGINT UNSIGNED NOT NULL,
    expires_at_ms BIGINT UNSIGNED NOT NULL,
    ended_at_us BIGINT UNSIGNED NULL,
    end_reason ENUM('PAID','LEFT','EXPIRED','UNCLAIMED') NULL,
    UNIQUE KEY queue_admissions_place (queue_id, sequence),
    KEY queue_admissions_time (queue_id, admitted_at_us),
    KEY queue_admissions_live (queue_id, expires_at_ms)
  )`,
];

/** The schema of the first release. */
export const initialSchema: Migration = {
  name: "0001-initialSchema",
  statements: TABLES,
};
