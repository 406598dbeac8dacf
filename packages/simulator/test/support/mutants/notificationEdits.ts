const OLD_ROWS_FIRST = "the order decides which old rows go first, and the next batch has the rest";
const ENDED_MEANWHILE =
  "only one that has ended since the read before has other values, and its transaction resumes " +
  "those behind it";
const NO_PAUSE = "the receiver of a virtual sale never pauses the worker";

/** The edits of the statements of notifications, with the reason why no seed detects them. */
export const NOTIFICATION_EDITS = [
  [
    "notifications.takeDue:failed without id IN (:ids)",
    { why: "the other failed notifications are locked too, and none is postponed behind them" },
  ],
  ["notifications.takeDue:failed without status = 'OWED'", { why: ENDED_MEANWHILE }],
  ["notifications.takeDue:failed without attempts > 0", { why: ENDED_MEANWHILE }],
  [
    "notifications.takeDue:failed without its order",
    { why: "`id IN` reads the primary key, which has the same order" },
  ],
  [
    "notifications.takeDue:failed without SKIP LOCKED",
    { why: "the search waits until the failed one has its mark" },
  ],
  [
    "notifications.takeDue:blocked without status = 'OWED'",
    { why: "one that is blocked stays OWED until the failed one has ended" },
  ],
  [
    "notifications.resume without reservation_id IN (:reservationIds)",
    { why: "the other notifications are only sent sooner" },
  ],
  [
    "notifications.resume without status = 'OWED'",
    { why: "the due time of an ended notification has no effect on a sale" },
  ],
  [
    "notifications.resume without next_attempt_at > NOW(6)",
    { why: "the due time decides which rows are first, and the next batch has the rest" },
  ],
  [
    "notifications.takeDue:lock without id IN (:ids)",
    { why: "no consumer of a virtual sale compares the order of a reservation's notifications" },
  ],
  ["notifications.postpone without id IN (:ids)", { why: NO_PAUSE }],
  ["notifications.postpone without status = 'OWED'", { why: NO_PAUSE }],
  ["notifications.postpone without next_attempt_at <= :hiddenUntil", { why: NO_PAUSE }],
  [
    "notifications.takeDue:lock without status = 'OWED'",
    { why: "a delivered notification is hidden longer than most virtual sales last" },
  ],
  [
    "notifications.takeDue:lock without next_attempt_at <= NOW(6)",
    { why: "a delivery takes no virtual time, and a refused notification is only sent sooner" },
  ],
  [
    "notifications.takeDue:lock without its order",
    { why: "the order decides which rows are first, and the next batch has the rest" },
  ],
  [
    "notifications.takeDue:lock without SKIP LOCKED",
    { why: "workers wait for each other, and each takes what is still due" },
  ],
  [
    "notifications.takeDue:hide without id IN (:ids)",
    { why: "the other notifications are only sent later" },
  ],
  [
    "notifications.markDelivered without status = 'OWED'",
    { why: "a notification becomes DEAD only after sixty attempts, and no sale has so many" },
  ],
  [
    "notifications.markFailed without id = :id",
    { why: "the other notifications count a failed attempt too and are only sent later" },
  ],
  [
    "notifications.markFailed without status = 'OWED'",
    { why: "a delivered notification is only sent once more, which consumers must expect" },
  ],
  [
    "notifications.markFailed without next_attempt_at <= :hiddenUntil",
    { why: "no post of a virtual sale takes longer than the hidden time" },
  ],
  [
    "notifications.cleanUp without status = 'DELIVERED'",
    { why: "only a delivered notification has a `delivered_at`" },
  ],
  [
    "notifications.cleanUp without next_attempt_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    { why: "the condition leads to the index; `delivered_at` decides" },
  ],
  [
    "notifications.cleanUp without delivered_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    { why: "`next_attempt_at` is as old, except after a delivery that took longer than its limit" },
  ],
  ["notifications.cleanUp without its order", { why: OLD_ROWS_FIRST }],
] as const;
