const SHOW = {
  concertId: 4,
  concertOptionId: 12,
  title: "Winter Rush",
  singer: "The Locks",
  concertVenue: "Olympic Hall",
  startsAt: "2026-12-24T19:30:00+09:00",
  timeZone: "Asia/Seoul",
};

const SEATS = [
  { seatId: 118, seatNo: "A-18", section: "Floor", row: "A", price: 15_000 },
  { seatId: 119, seatNo: "A-19", section: "Floor", row: "A", price: 15_000 },
];

const HELD = {
  ...{ reservationId: 5012, status: "PENDING", ...SHOW, seats: SEATS, amount: 30_000 },
  expiresAt: "2026-11-30T10:05:00.000Z",
};

const PLACE = {
  token: "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.…",
  ...{ status: "WAITING", position: 812, queueOrder: 812, ahead: 811 },
  ...{ remainingTime: 98, etaSeconds: 98 },
  ...{ generation: 1_796_000_000_000_000, admittedCount: 4_200 },
  ...{ expiresAt: null, pollAfterMs: 2_400 },
};

const JOB_ID = "019b76da-a800-7000-8000-000000000001";

const PLAN = {
  ...{ facts: { "mode now": "open", "mode then": "paused" }, count: 1, unit: "queue" },
  ...{ sample: ["queue:main"], notes: [], target: "queue:main" },
};

const AUDIT_RECORD = {
  ...{ id: 31, jobId: JOB_ID, operation: "queue.configure", operator: "mina", host: "ops-1" },
  ...{ command: "onsale queue pause main", reason: "Payment provider is down", outcome: "DONE" },
  ...{ changed: 1, openedAt: "2026-11-30T10:00:00.000Z", closedAt: "2026-11-30T10:00:01.000Z" },
  ...{ before: { mode: "open" }, after: { mode: "paused" }, undoes: null },
};

const JOB = {
  ...{ id: JOB_ID, operation: "queue.configure", status: "DONE", changed: 1 },
  ...{ input: { queueId: "main", settings: { mode: "paused" } }, plan: PLAN },
  ...{ plannedAt: "2026-11-30T09:59:00.000Z", validUntil: "2026-11-30T10:14:00.000Z" },
};

const PLANNED = {
  ...{ jobId: JOB_ID, operation: "queue.configure", planHash: "5b1d…", plan: PLAN },
  ...{ validUntil: "2026-11-30T10:14:00.000Z", confirmation: null },
};

/** Examples of buyers' answers. */
const BUYERS = {
  joinQueue: PLACE,
  queueStatusOfUser: PLACE,
  myQueueStatus: PLACE,
  queueOverview: {
    ...{ queueId: "main", mode: "open", generation: 1_796_000_000_000_000 },
    ...{ admittedCount: 4_200, waitingCount: 9_300, admissionsPerSecond: 8.3 },
    waits: [
      { position: 1, etaSeconds: 1 },
      { position: 9_301, etaSeconds: 1_121 },
    ],
  },
  listConcerts: {
    concerts: [
      {
        ...{ id: 4, title: "Winter Rush", singer: "The Locks", queueId: "main" },
        ...{ startDate: "2026-12-24", endDate: "2026-12-25" },
        ...{ availableSeats: 1_840, availableAccessibleSeats: 12 },
      },
    ],
    nextCursor: null,
  },
  availableDates: {
    concerts: [
      {
        ...{ concertId: 4, concertOptionId: 12, queueId: "main", title: "Winter Rush" },
        ...{ concertDate: "2026-12-24", concertTime: "19:30:00+09:00" },
        ...{ concertVenue: "Olympic Hall", timeZone: "Asia/Seoul", seatsPerBuyerMax: 8 },
        ...{ saleOpensAt: null, saleClosesAt: "2026-12-24T09:30:00.000Z" },
        ...{ availableSeats: 920, availableAccessibleSeats: 6 },
      },
    ],
  },
  availableSeats: {
    ...{ concertOptionId: 12, version: "xK3v0pQz9sLb2Wm1", since: null },
    ...{ seats: SEATS, takenSeatIds: [] },
  },
  reserveSeat: HELD,
  findReservation: { ...HELD, createdAt: "2026-11-30T10:00:00.000Z", paymentId: null },
  extendHold: {
    ...{ reservationId: 5012, status: "PENDING", expiresAt: "2026-12-01T10:08:00.000Z" },
    latestExpiresAt: "2026-12-01T10:10:00.000Z",
  },
  cancelSeats: {
    ...{ ...HELD, seats: SEATS.slice(1), amount: 15_000 },
    ...{ createdAt: "2026-11-30T10:00:00.000Z", paymentId: null },
  },
  cancelReservation: { reservationId: 5012, status: "CANCELLED" },
  myReservations: {
    reservations: [
      {
        ...{ ...HELD, status: "CONFIRMED" },
        ...{ createdAt: "2026-11-30T10:00:00.000Z", paymentId: 3307 },
      },
    ],
    nextCursor: null,
  },
  pay: {
    ...{ paymentId: 3307, reservationId: 5012, status: "CAPTURED", ...SHOW },
    ...{ price: 30_000, seats: SEATS, currentPoints: 70_000 },
  },
  refund: {
    ...{ paymentId: 3307, reservationId: 5012, status: "REFUNDED", ...SHOW },
    ...{ refunded: 30_000, currentPoints: 100_000 },
  },
  chargePoints: { currentPoints: 150_000 },
  currentPoints: { currentPoints: 150_000 },
  pointHistory: {
    entries: [
      {
        ...{ entryId: 9, kind: "SPEND", amount: 30_000, balanceAfter: 70_000 },
        ...{ reservationId: 5012, createdAt: "2026-11-30T10:02:00.000Z" },
      },
    ],
    nextCursor: "aWQ6OQ",
  },
  createUser: { userId: 17, accessToken: "eyJhbGciOiJIUzI1NiJ9.…", expiresInSeconds: 43_200 },
  currentUser: { userId: 17 },
};

/** Examples of operators' answers. */
const OPERATORS = {
  createConcert: { concertId: 4, performanceIds: [12, 13] },
  addPerformance: { performanceId: 14 },
  listOperations: { operations: [{ name: "queue.configure", summary: "Change a queue" }] },
  planOperation: PLANNED,
  planUndo: PLANNED,
  executeJob: {
    ...{ jobId: JOB_ID, status: "DONE", changed: 1, plan: PLAN, stopped: null },
    verifications: [{ claim: "the mode is paused", holds: true, read: "paused" }],
    ...{ isRepetition: false, auditId: 31 },
  },
  listJobs: { jobs: [JOB] },
  job: { job: JOB, runs: [AUDIT_RECORD] },
  listAudit: { records: [AUDIT_RECORD] },
  auditRecord: { record: AUDIT_RECORD },
  listQueues: {
    queues: [
      {
        ...{ queueId: "main", epoch: 1, settings: { mode: "open", activeCountMax: 1_000 } },
        live: { waiting: 9_300, active: 640, admittedLastMinute: 500 },
      },
    ],
  },
  listPlaces: {
    total: 9_300,
    places: [{ userId: 840, sequence: 1_796_000_000_000_812, expiresAt: null, isActivated: false }],
  },
  outboxStatus: { pending: 12, published: 48_000, dead: 0, oldestPendingAgeMs: 180 },
};

/** Examples of the `data` of answers, by the id of the operation. A test compares the schemas. */
export const EXAMPLES: Readonly<Record<string, object>> = { ...BUYERS, ...OPERATORS };
