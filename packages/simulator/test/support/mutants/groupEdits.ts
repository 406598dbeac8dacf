const IS_FREE = "(status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))";
const BY_KEY_ORDER = "the statement reads the primary key, which has the same order";
const BY_COUNT = "the joint UPDATE then changes another number of rows, and all members run alone";
const MORE_LOCKS = "it only locks more rows than it needs";
const ONLY_SLOWER = "groups wait for other transactions; the work takes longer and ends the same";
const NO_REPETITION = "few clients repeat an earlier request after a refused one";
const CHECKED_BEFORE =
  "`payReservation` refuses before it writes, and few payments race with the change";
export const NO_PART =
  "only sales with rules give back a part of a reservation; there, the statements of payments " +
  "and refunds without their versions are planted faults of the table above";
const FEW = "few groups have this transition";

const TRANSITIONS = [
  ["reservations.confirm", "PENDING", " without expires_at > NOW(6)"],
  ["reservations.cancel", "PENDING", undefined],
  ["reservations.expire", "PENDING", " without expires_at <= NOW(6)"],
  ["reservations.refund", "CONFIRMED", undefined],
] as const;

/** The statements with which a group moves reservations. */
function editsOfTransitions(): (readonly [string, string])[] {
  return TRANSITIONS.flatMap(([name, from, time]) => [
    [`${name}:lock without id IN (:ids)`, BY_COUNT],
    [`${name}:lock without status = '${from}'`, `\`${name}:all\` has the same condition`],
    ...(time
      ? ([
          [`${name}:lock${time}`, `\`${name}:all\` has the same condition`],
          [`${name}:all${time}`, `\`${name}:lock\` has the same condition, a moment before`],
        ] as const)
      : []),
    ...(name === "reservations.expire"
      ? []
      : ([
          [`${name} without version = :version`, NO_PART],
          [`${name}:lock without (id, version) IN (:versions)`, NO_PART],
        ] as const)),
    [`${name}:lock without its order`, BY_KEY_ORDER],
    [`${name}:lock without SKIP LOCKED`, ONLY_SLOWER],
    [`${name}:all without id IN (:ids)`, BY_COUNT],
    [`${name}:all without status = '${from}'`, `\`${name}:lock\` has the same condition`],
    [`${name}:all without version = version + 1`, FEW],
  ]);
}

const LOCKS: readonly (readonly [string, string])[] = [
  ["seats.lock without its order", BY_KEY_ORDER],
  ["seats.lock without SKIP LOCKED", ONLY_SLOWER],
  ["reservations.lockSeatsOfBuyer:free without (user_id, performance_id) IN (:buyers)", MORE_LOCKS],
  ["reservations.lockSeatsOfBuyer:free without its order", BY_KEY_ORDER],
  ["reservations.lockSeatsOfBuyer:free without SKIP LOCKED", ONLY_SLOWER],
  ["reservations.lockSeatsOfBuyer:new without (user_id, performance_id) IN (:buyers)", MORE_LOCKS],
  ["reservations.lockSeatsOfBuyer:new without its order", BY_KEY_ORDER],
  ["seats.release:free without id IN (:seatIds)", MORE_LOCKS],
  ["seats.release:free without its order", BY_KEY_ORDER],
  ["seats.release:free without SKIP LOCKED", ONLY_SLOWER],
  ["ledger.post:free without user_id IN (:userIds)", MORE_LOCKS],
  ["ledger.post:free without its order", BY_KEY_ORDER],
  ["ledger.post:free without SKIP LOCKED", ONLY_SLOWER],
  ["ledger.post:new without user_id IN (:userIds)", MORE_LOCKS],
  ["ledger.post:new without its order", BY_KEY_ORDER],
  [
    "ledger.post:follow without e.entry_key IN (:entryKeys)",
    "an older entry does not have the next version of its account",
  ],
  [
    "ledger.post:follow without a.version + 1 = e.account_version",
    "`ledger.post:free` has locked the accounts, so their versions are known",
  ],
  ["idempotency.finish:all without (user_id, operation, idempotency_key) IN (:keys)", BY_COUNT],
  ["reservations.confirm without expires_at > NOW(6)", CHECKED_BEFORE],
  ["ledger.post:subtract without balance >= :amount", CHECKED_BEFORE],
  ["idempotency.start:forget without operation = :operation", NO_REPETITION],
  ["idempotency.start:forget without idempotency_key = :key", NO_REPETITION],
];

/** Edits of the statements of grouped works that no seed detects, by name. */
export const GROUP_EDITS: readonly (readonly [
  string,
  { readonly why: string; readonly guards?: readonly string[] },
])[] = [
  [
    `seats.lock without ${IS_FREE}`,
    { why: "`seats.hold` has the same condition", guards: [`seats.hold without ${IS_FREE}`] },
  ],
  [
    `seats.hold without ${IS_FREE}`,
    {
      why: "`seats.lock` has found the seats free and keeps them locked",
      guards: [`seats.lock without ${IS_FREE}`],
    },
  ],
  ...[...LOCKS, ...editsOfTransitions()].map(([name, why]) => [name, { why }] as const),
];
