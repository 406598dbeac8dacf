import type { ConcertSummary, Purchase, QueueOverview, QueueTicket } from "@onsale/core";
import { expect } from "chai";
import { presentConcert, presentPerformance } from "../../src/routes/concerts/presenter.ts";
import { presentReadiness, presentStack } from "../../src/routes/health/presenter.ts";
import { presentOverview, presentStatus, presentTicket } from "../../src/routes/queue/presenter.ts";
import { presentReservation } from "../../src/routes/reservations/presenter.ts";

const waiting: QueueTicket = {
  token: "t",
  queueId: "main",
  userId: 7,
  status: "WAITING",
  position: 12,
  ahead: 11,
  etaSeconds: 3.2,
  line: { generation: 1_700_000_000_000_000, admittedCount: 80, waitingCount: 900 },
  expiresAtMs: undefined,
  pollAfterMs: 512.4,
};
const active: QueueTicket = {
  ...waiting,
  status: "ACTIVE",
  position: 0,
  ahead: 0,
  etaSeconds: 0,
  line: undefined,
  expiresAtMs: 1_800_000_000_000,
};

describe("a presented queue ticket", () => {
  it("also has the specification's field names, in whole seconds", () => {
    expect(presentTicket(waiting)).to.deep.equal({
      token: "t",
      status: "WAITING",
      position: 12,
      queueOrder: 12,
      ahead: 11,
      remainingTime: 4,
      etaSeconds: 4,
      generation: 1_700_000_000_000_000,
      admittedCount: 80,
      expiresAt: null,
      pollAfterMs: 512,
    });
    expect(presentTicket(active)).to.include({ generation: null, admittedCount: null });
    expect(presentTicket(active).expiresAt).to.equal("2027-01-15T08:00:00.000Z");
  });

  it("has the same ETag while the place is unchanged, although the token is new", () => {
    const { etag } = presentStatus(waiting);
    expect(presentStatus({ ...waiting, token: "fresh", etaSeconds: 9 }).etag).to.equal(etag);
    const paused = presentStatus({ ...waiting, etaSeconds: undefined });
    expect(paused.etag).to.not.equal(etag);
    expect(paused.data).to.include({ etaSeconds: null, remainingTime: null, position: 12 });
    expect(presentStatus({ ...waiting, position: 11 }).etag).to.not.equal(etag);
    expect(presentStatus({ ...waiting, userId: 8 }).etag).to.not.equal(etag);
    expect(presentStatus({ ...waiting, queueId: "vip" }).etag).to.not.equal(etag);
    const line = { generation: 1_700_000_000_000_000, admittedCount: 81, waitingCount: 900 };
    expect(presentStatus({ ...waiting, line }).etag).to.not.equal(etag);
    const anew = { generation: 1_800_000_000_000_000, admittedCount: 80, waitingCount: 900 };
    expect(presentStatus({ ...waiting, line: anew }).etag).to.not.equal(etag);
    const ofLine = (waitingCount: number) =>
      presentStatus({ ...waiting, line: { ...anew, waitingCount } }).etag;
    expect(ofLine(1_000)).to.equal(ofLine(900));
    expect(ofLine(1_800)).to.not.equal(ofLine(900));
    expect(presentStatus(active).etag).to.not.equal(etag);
    const longer = { ...active, expiresAtMs: 1_800_000_000_001 };
    expect(presentStatus(longer).etag).to.not.equal(presentStatus(active).etag);
  });
});

describe("a presented overview of a queue", () => {
  const overview: QueueOverview = {
    queueId: "main",
    epoch: 0,
    mode: "open",
    generation: 1_700_000_000_000_000,
    admittedCount: 80,
    waitingCount: 900,
    admissionsPerSecond: 8.3333,
    waits: [
      { position: 1, etaSeconds: 1 },
      { position: 901, etaSeconds: 109 },
    ],
  };

  it("may be kept for a second by everybody", () => {
    const { data, cacheControl } = presentOverview(overview);
    expect(cacheControl).to.equal("public, max-age=1");
    const { epoch: _secret, ...shown } = overview;
    expect(data).to.deep.equal({ ...shown, admissionsPerSecond: 8.33 });
  });

  it("has another ETag when something changed", () => {
    const tags = [
      overview,
      { ...overview, queueId: "vip" },
      { ...overview, mode: "paused" as const, waits: [] },
      { ...overview, generation: 5 },
      { ...overview, admittedCount: 81 },
      { ...overview, waitingCount: 901 },
      { ...overview, admissionsPerSecond: 8.4 },
      { ...overview, waits: [{ position: 1, etaSeconds: 2 }] },
      { ...overview, waits: [{ position: 1, etaSeconds: 3 }, ...overview.waits.slice(1)] },
    ].map((one) => presentOverview(one).etag);
    expect(new Set(tags).size).to.equal(tags.length);
    expect(presentOverview({ ...overview }).etag).to.equal(tags[0]);
  });
});

describe("the presenters of concerts", () => {
  const concert: ConcertSummary = {
    id: 3,
    title: "Rush",
    singer: "The Locks",
    queueId: "main",
    startsAt: new Date("2026-12-01T23:30:00Z"),
    endsAt: undefined,
    startDate: "2026-12-01",
    endDate: undefined,
    ...{ availableSeats: 5, availableAccessibleSeats: 2 },
  };

  it("presents a concert with the dates at its venues, and null when it has no performance", () => {
    expect(presentConcert(concert)).to.deep.equal({
      id: 3,
      title: "Rush",
      singer: "The Locks",
      queueId: "main",
      startDate: "2026-12-01",
      endDate: null,
      ...{ availableSeats: 5, availableAccessibleSeats: 2 },
    });
  });

  it("presents a performance with separate date and time", () => {
    const startsAt = new Date("2026-12-01T23:30:00Z");
    const performance = {
      id: 9,
      concertId: 3,
      queueId: "main",
      title: "Rush",
      startsAt,
      venue: "Hall",
      ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
      saleOpensAt: new Date("2026-11-01T10:00:00.500Z"),
      saleClosesAt: undefined,
      seatsPerBuyerMax: undefined,
      ...{ availableSeats: 5, availableAccessibleSeats: 2 },
    };
    const shown = presentPerformance(performance, 8);
    expect(shown).to.include({ saleOpensAt: "2026-11-01T10:00:00.500Z", saleClosesAt: null });
    expect(shown).to.include({ seatsPerBuyerMax: 8, availableAccessibleSeats: 2 });
    expect(presentPerformance({ ...performance, seatsPerBuyerMax: 2 }, 8)).to.include({
      seatsPerBuyerMax: 2,
    });
    expect(shown).to.include({
      concertOptionId: 9,
      queueId: "main",
      concertDate: "2026-12-01",
      concertTime: "23:30:00Z",
      timeZone: "UTC",
    });
    const away = { timeZone: "Asia/Kathmandu", utcOffsetMinutes: 345 };
    expect(presentPerformance({ ...performance, ...away }, 8)).to.include({
      concertDate: "2026-12-02",
      concertTime: "05:15:00+05:45",
      timeZone: "Asia/Kathmandu",
    });
  });
});

describe("a presented reservation", () => {
  const pending: Purchase = {
    id: 1,
    userId: 7,
    performanceId: 9,
    queueId: "main",
    ...{ concertId: 3, title: "Rush", singer: "The Locks", venue: "Hall" },
    performanceStartsAt: new Date("2026-12-24T10:30:00Z"),
    ...{ timeZone: "Asia/Seoul", utcOffsetMinutes: 540 },
    status: "PENDING",
    amount: 100,
    expiresAt: new Date("2026-12-01T10:00:00Z"),
    createdAt: new Date("2026-12-01T09:55:00Z"),
    version: 1,
    seats: [],
    overdue: false,
    paymentId: undefined,
  };

  it("says what it is for", () => {
    expect(presentReservation(pending)).to.include({
      ...{ concertId: 3, concertOptionId: 9, title: "Rush", singer: "The Locks" },
      ...{ concertVenue: "Hall", startsAt: "2026-12-24T19:30:00+09:00", timeZone: "Asia/Seoul" },
    });
  });

  it("presents an overdue hold as EXPIRED, even before the reaper has ended it", () => {
    expect(presentReservation(pending).status).to.equal("PENDING");
    expect(presentReservation({ ...pending, overdue: true }).status).to.equal("EXPIRED");
  });
});

describe("the presenters of the readiness probe", () => {
  const up = { dependency: "mysql", up: true } as const;
  const RUNS = { draining: false, stuck: false, schema: "current" } as const;
  const down = { dependency: "kafka", up: false, reason: "refused" } as const;

  it("presents a role as ready by the servers that the role needs", () => {
    expect(presentReadiness([up, down], ["mysql"], RUNS).status).to.equal("ready");
    expect(presentReadiness([up, down], ["mysql", "kafka"], RUNS)).to.deep.equal({
      status: "unready",
      schema: "current",
      dependencies: [
        { dependency: "mysql", up: true, needed: true, reason: null },
        { dependency: "kafka", up: false, needed: true, reason: "NO_CONNECTION" },
      ],
    });
  });

  it("presents the class of a failure, and neither users nor hosts", () => {
    const classOf = (reason?: string) => {
      const failed = { dependency: "mysql", up: false, ...(reason && { reason }) } as const;
      return presentReadiness([failed], ["mysql"], RUNS).dependencies[0]?.reason;
    };
    const refused = "Access denied for user 'onsale'@'10.0.0.7' (using password: YES)";
    expect(classOf(refused)).to.equal("LOGIN_REFUSED");
    expect(classOf("WRONGPASS invalid username-password pair")).to.equal("LOGIN_REFUSED");
    expect(classOf("Unknown database 'shop'")).to.equal("DATABASE_MISSING");
    expect(classOf("connect ECONNREFUSED 10.0.0.7:3306")).to.equal("NO_CONNECTION");
    expect(classOf("getaddrinfo ENOTFOUND db.internal")).to.equal("NO_CONNECTION");
    expect(classOf("self-signed certificate in certificate chain")).to.equal("TLS_FAILED");
    expect(classOf("no answer within 600 ms")).to.equal("NO_ANSWER");
    expect(classOf("KAFKA_BROKERS is not set")).to.equal("NOT_CONFIGURED");
    expect(classOf()).to.equal("NO_CONNECTION");
  });

  it("presents a draining process as unready", () => {
    const draining = { ...RUNS, draining: true };
    expect(presentReadiness([up], ["mysql"], draining).status).to.equal("draining");
  });

  it("presents pending migrations only while the needed servers answer", () => {
    const pending = { ...RUNS, schema: "behind" } as const;
    expect(presentReadiness([up], ["mysql"], pending)).to.include({
      status: "unready",
      reason: "MIGRATIONS_PENDING",
    });
    const isDown = [{ ...up, up: false }];
    expect(presentReadiness(isDown, ["mysql"], pending)).to.not.have.property("reason");
  });

  it("presents a newer schema as ready, because both versions serve during an upgrade", () => {
    const ahead = { ...RUNS, schema: "ahead" } as const;
    expect(presentReadiness([up], ["mysql"], ahead)).to.include({
      ...{ status: "ready", schema: "ahead" },
    });
  });

  it("presents a read-only database as unready, with the reason", () => {
    const replica = { ...up, isReadOnly: true };
    expect(presentReadiness([replica], ["mysql"], RUNS)).to.deep.include({
      ...{ status: "unready", reason: "DATABASE_READ_ONLY" },
      dependencies: [{ dependency: "mysql", up: true, needed: true, reason: "READ_ONLY" }],
    });
    expect(presentReadiness([replica], [], RUNS).status).to.equal("ready");
  });

  it("presents whether the data survives a restart", () => {
    expect(presentStack("servers")).to.deep.equal({ stack: "servers", durable: true });
    expect(presentStack("embedded")).to.deep.equal({ stack: "embedded", durable: false });
  });
});
