import { GROUP_EDITS, NO_PART } from "./groupEdits.ts";
import { NOTIFICATION_EDITS } from "./notificationEdits.ts";
import { OPERATION_EDITS } from "./operationEdits.ts";

/** An edit that no seed detects. */
export interface UnseenEdit {
  /** Why the edit has no effect, or why the seeds cannot detect the effect. */
  readonly why: string;
  /**
   * Edits that remove the mechanisms which replace the removed part. The measurement makes them
   * together with this edit, and then a seed must detect the change.
   */
  readonly guards?: readonly string[];
}

const SEAT_IDS = "s.reservation_id = :reservationId";
const LINK_IDS = "rs.reservation_id = :reservationId";
const LINKS_OF_GROUP = "rs.reservation_id IN (:reservationIds)";
const SEAT_OF_LINK = "s.reservation_id = rs.reservation_id";
const VERSION = "s.version = rs.seat_version";
const BY_SEAT = "the seats of other reservations have another `s.reservation_id`";
const BY_VERSION = "each hold raises the version of its seats, so an old link matches no seat";
const BY_ID = "ids of reservations are never used twice, so `s.reservation_id` proves the same";
const ONLY_LIVE = "the reservation leaves its state once, and until then all its links are live";
const ALL_SEATS =
  "`reservations.confirm` has found the hold pending and not overdue and locks it; such a hold " +
  "has its seats HELD, by live links of their version";
const ONE_REFUND = "a client refunds under one key only, so a repetition gets the first answer";
const OLD_ROWS_FIRST = "the order decides which old rows go first, and the next batch has the rest";
const ONE_QUEUE = "a virtual sale has one queue";
const RETENTION = "a virtual sale ends before rows of this kind are old enough";
const ONLY_REPEATS =
  "a relay without the lease only repeats messages, because each batch begins with the oldest " +
  "unpublished message; consumers recognise a repetition";
const LOCKS_MORE =
  "the relay locks its other leases too, and compares only the leases of the buckets that it marks";
const BY_EXPIRE = "`reservations.expire` has the same condition";
const BY_FENCE = "the fence: while a relay marks, no other relay has the lease of the bucket";
const NO_DECISION = "only `onsale doctor` reads this table";

/** The edits that no seed detects, by name. */
export const unseenEdits: ReadonlyMap<string, UnseenEdit> = new Map<string, UnseenEdit>([
  ...OPERATION_EDITS,
  ...NOTIFICATION_EDITS,
  ...GROUP_EDITS,
  [
    "sales.advance without version < :version",
    {
      why:
        "the inbox refuses a repetition, a partition keeps the order of an aggregate, and no " +
        "operator of a virtual sale rebuilds the projection",
    },
  ],
  [
    "sales.lock without its order",
    { why: "the statement reads the primary key, which has the same order" },
  ],
  ["workers.remove without id = :id", { why: NO_DECISION }],
  ["workers.forget without seen_at < NOW(6) - INTERVAL :ageUs MICROSECOND", { why: NO_DECISION }],
  [
    "seats.hold without version = version + 1",
    { why: BY_ID, guards: [`seats.release without ${SEAT_IDS}`] },
  ],
  [
    `seats.confirm without ${LINKS_OF_GROUP}`,
    { why: BY_SEAT, guards: [`seats.confirm without ${SEAT_OF_LINK}`] },
  ],
  ["seats.confirm without rs.live = 1", { why: ALL_SEATS }],
  [
    `seats.confirm without ${SEAT_OF_LINK}`,
    { why: BY_VERSION, guards: [`seats.confirm without ${LINKS_OF_GROUP}`] },
  ],
  ["seats.confirm without s.status = 'HELD'", { why: ALL_SEATS }],
  [`seats.confirm without ${VERSION}`, { why: ALL_SEATS }],
  [
    `seats.release without ${LINK_IDS}`,
    { why: BY_SEAT, guards: [`seats.release without ${SEAT_IDS}`] },
  ],
  [
    "seats.release without rs.live = 1",
    {
      why: ONLY_LIVE,
      guards: [`seats.release without ${SEAT_IDS}`, `seats.release without ${VERSION}`],
    },
  ],
  [
    `seats.release without ${SEAT_IDS}`,
    { why: BY_VERSION, guards: [`seats.release without ${VERSION}`] },
  ],
  [
    "seats.release without s.status = :from",
    { why: "the reservation has left its state before, and this state decides that of its seats" },
  ],
  [
    `seats.release without ${VERSION}`,
    { why: BY_ID, guards: [`seats.release without ${SEAT_IDS}`] },
  ],
  [
    "seats.release without version = version + 1",
    {
      why: "the next hold raises the version",
      guards: ["seats.hold without version = version + 1", `seats.release without ${SEAT_IDS}`],
    },
  ],
  ["seats.release:liveLinks without live = 1", { why: "NULL is set to NULL" }],
  [
    "reservations.confirm without status = 'PENDING'",
    {
      why:
        "no client pays a cancelled hold, or a paid one under another key; `expires_at` refuses " +
        "an expired one",
    },
  ],
  [
    "reservations.expire without status = 'PENDING'",
    {
      why: "`reservations.lockOverdue` finds only pending reservations and keeps them locked",
      guards: ["reservations.lockOverdue without status = 'PENDING'"],
    },
  ],
  [
    "reservations.expire without expires_at <= NOW(6)",
    {
      why: "`reservations.lockOverdue` finds only overdue reservations",
      guards: ["reservations.lockOverdue without expires_at <= NOW(6)"],
    },
  ],
  ["reservations.refund without status = 'CONFIRMED'", { why: ONE_REFUND }],
  [
    "reservations.lockOverdue without status = 'PENDING'",
    { why: BY_EXPIRE, guards: ["reservations.expire without status = 'PENDING'"] },
  ],
  [
    "reservations.lockOverdue without expires_at <= NOW(6)",
    { why: BY_EXPIRE, guards: ["reservations.expire without expires_at <= NOW(6)"] },
  ],
  ["reservations.lockOverdue without its order", { why: OLD_ROWS_FIRST }],
  [
    "reservations.lockOverdue without SKIP LOCKED",
    { why: "workers wait for each other; the work takes longer and ends the same" },
  ],
  [
    "ledger.post:add without balance <= :max - :amount",
    { why: "no buyer comes near the maximum; the CHECK of the column has the same bound" },
  ],
  ["payments.refund without status = 'CAPTURED'", { why: ONE_REFUND }],
  ["payments.refund without version = :version", { why: NO_PART }],
  ["idempotency.cleanUp without its order", { why: OLD_ROWS_FIRST }],
  ["outbox.markPublished:fence without name IN (:names)", { why: LOCKS_MORE }],
  ["outbox.markPublished:fence without owner = :owner", { why: ONLY_REPEATS }],
  ["outbox.markPublished:fence without expires_at > NOW(6)", { why: ONLY_REPEATS }],
  [
    "outbox.markPublished:fence without its order",
    { why: "`name IN` reads the primary key, which has the same order" },
  ],
  [
    "outbox.markPublished:publications without status = 'PENDING'",
    { why: "it adds a record of a copy that this relay sent; I6 takes the record for a replay" },
  ],
  [
    "outbox.markPublished:publications without its order",
    { why: "`id IN` reads the primary key, which has the same order" },
  ],
  ["outbox.markPublished:messages without status = 'PENDING'", { why: BY_FENCE }],
  [
    "outbox.markFailed without id = :id",
    { why: "the other messages count a failed attempt too and are only published later" },
  ],
  [
    "outbox.markFailed without status = 'PENDING'",
    { why: "a message that another relay has published is only published once more" },
  ],
  [
    "outbox.markFailed without attempts = :attempts",
    { why: "a message whose failure counts twice is only published later" },
  ],
  [
    "outbox.postpone without (id, attempts) IN (:attempts)",
    { why: "no topic of a virtual sale refuses its messages, so no seed runs the statement" },
  ],
  [
    "outbox.postpone without id IN (:ids)",
    { why: "no topic of a virtual sale refuses its messages, so no seed runs the statement" },
  ],
  [
    "outbox.postpone without status = 'PENDING'",
    { why: "no topic of a virtual sale refuses its messages, so no seed runs the statement" },
  ],
  ["outbox.cleanUp:messages without status = 'PUBLISHED'", { why: RETENTION }],
  ["outbox.cleanUp:messages without its order", { why: OLD_ROWS_FIRST }],
  ["outbox.cleanUp:publications without id IN (:ids)", { why: RETENTION }],
  ["inbox.cleanUp:delete without consumer = :consumer", { why: RETENTION }],
  ["inbox.cleanUp:delete without message_id IN (:messageIds)", { why: RETENTION }],
  [
    "deliveryLog.cleanUp without attempted_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    { why: "no check reads the log of deliveries" },
  ],
  ["deliveryLog.cleanUp without its order", { why: OLD_ROWS_FIRST }],
  [
    "admissions.cleanUpLeft without left_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    { why: RETENTION },
  ],
  ["admissions.cleanUpLeft without its order", { why: OLD_ROWS_FIRST }],
  ["leases.acquire:renew without (owner = :owner OR expires_at <= NOW(6))", { why: ONLY_REPEATS }],
  [
    "leases.release without name = :name",
    { why: "a relay renews its other leases, and gets the same ones again" },
  ],
  [
    "leases.release without owner = :owner",
    { why: "the epoch, which each new owner of the lease raises" },
  ],
  ["leases.release without epoch = :epoch", { why: "the owner, which is new in each process" }],
  ["leases.release without expires_at > NOW(6)", { why: "an expired lease stays expired" }],
  [
    "leases.forget without LEFT(name, CHAR_LENGTH(:namePrefix)) = :namePrefix",
    { why: "a lease is forgotten a day after its expiry, and no virtual sale lasts so long" },
  ],
  [
    "leases.forget without expires_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    { why: "a relay that lost its own entry creates it again at its next renewal" },
  ],
  ["admissions.beginSettings without id = :queueId", { why: ONE_QUEUE }],
  ["admissions.saveSettings:formerLimits without id = :queueId", { why: ONE_QUEUE }],
  [
    "admissions.saveSettings:formerLimits without (active_count_max <> :activeCountMax OR " +
      "admission_rate_per_minute <> :admissionRatePerMinute)",
    { why: "the further row repeats limits that are still valid" },
  ],
  ["admissions.saveSettings:settings without id = :queueId", { why: ONE_QUEUE }],
  ["admissions.beginGeneration:count without id = :queueId", { why: ONE_QUEUE }],
  ["admissions.recordPromotions:generation without id = :queueId", { why: ONE_QUEUE }],
  [
    "admissions.recordPromotions:generation without generation = :generation",
    { why: "few sales lose Redis between a promotion and its record; in seed 54 I7 sees it" },
  ],
  [
    "reservations.cancel without status = 'PENDING'",
    { why: "few buyers cancel a hold that has just ended; then the answer is an internal error" },
  ],
  ["admissions.recordEnds without queue_id = :queueId", { why: ONE_QUEUE }],
  [
    "admissions.recordEnds without sequence IN (:sequences)",
    { why: "ELT gives the other rows NULL, which they have" },
  ],
  [
    "admissions.recordEnds without (sequence, admitted_at_us) IN (:admissions)",
    { why: "the first end of a place is recorded before its second admission begins" },
  ],
  [
    "admissions.recordEnds without ended_at_us IS NULL",
    { why: "a repeated record of an end has the same values" },
  ],
  [
    "idAllocator.next without kind = :kind",
    { why: "each call moves both counters, so no id is given twice; there are only more gaps" },
  ],
]);
