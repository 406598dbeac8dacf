import { expect } from "chai";
import fc from "fast-check";
import { fastJwtTokenSigner } from "../../../src/adapters/token/fastJwtTokenSigner.ts";
import { type OnsaleConfig, readConfig } from "../../../src/config/readConfig.ts";
import type { QueueSettings } from "../../../src/ports/queueStore.ts";
import { etaSecondsOf, pollAfterMs, queueTicket } from "../../../src/queue/queueTicket.ts";
import { fakeClock } from "../../support/fakeClock.ts";

const SETTINGS: QueueSettings = {
  activeCountMax: 100,
  admissionRatePerMinute: 600,
  activeTtlMs: 50_000,
  activationMs: 10_000,
  mode: "open",
};
const BOUNDS = { pollAfterMinMs: 500, pollAfterMaxMs: 10_000 };
const SECRET = "only-for-tests-0123456789-0123456789";

function testConfig(): OnsaleConfig {
  return readConfig({
    MYSQL_URL: "mysql://nowhere/onsale",
    REDIS_URL: "redis://nowhere",
    AUTH_MODE: "trusted",
    QUEUE_TOKEN_KEYS: `test:${SECRET}`,
    POLL_AFTER_MIN_MS: "500",
    POLL_AFTER_MAX_MS: "10000",
  });
}

const ports = {
  config: testConfig().core,
  clock: fakeClock(1_790_000_000_000),
  random: { next: () => 0.5 },
  tokens: fastJwtTokenSigner([{ kid: "test", secret: SECRET }]),
};
const QUEUE = { queueId: "main", epoch: 3, settings: SETTINGS, settingsVersion: 0 };

describe("a queue ticket", () => {
  it("has position, users ahead, estimate and poll time for a waiting user", () => {
    const { token, ...ticket } = queueTicket(ports, QUEUE, {
      status: "WAITING",
      userId: 7,
      sequence: 1_790_000_000_000_001,
      position: 1200,
      recentAdmissions: 300,
      activeCount: 100,
    });
    expect(ticket).to.deep.equal({
      queueId: "main",
      userId: 7,
      status: "WAITING",
      position: 1200,
      ahead: 1199,
      etaSeconds: 240,
      expiresAtMs: undefined,
      pollAfterMs: 8333,
    });
    expect(ports.tokens.verify(token)).to.deep.equal({
      queueId: "main",
      userId: 7,
      sequence: 1_790_000_000_000_001,
      epoch: 3,
      issuedAtMs: 1_790_000_000_000,
      activeUntilMs: undefined,
    });
  });

  it("has a token with the end of the admission for an active user", () => {
    const { token, ...ticket } = queueTicket(ports, QUEUE, {
      status: "ACTIVE",
      userId: 7,
      sequence: 5,
      expiresAtMs: 1_790_000_050_000,
    });
    expect(ticket).to.include({ status: "ACTIVE", position: 0, ahead: 0, etaSeconds: 0 });
    expect(ticket.expiresAtMs).to.equal(1_790_000_050_000);
    expect(ports.tokens.verify(token).activeUntilMs).to.equal(1_790_000_050_000);
  });
});

describe("the estimate of the waiting time", () => {
  it("follows the admission rate while slots are free", () => {
    const place = { position: 50, recentAdmissions: 1, activeCount: 0 };
    expect(etaSecondsOf(place, SETTINGS)).to.equal(5);
  });

  it("follows the measured admissions when all slots are taken", () => {
    const place = { position: 50, recentAdmissions: 60, activeCount: 100 };
    expect(etaSecondsOf(place, SETTINGS)).to.equal(50);
  });

  it("assumes the full length of admissions when none ended recently", () => {
    const place = { position: 50, recentAdmissions: 0, activeCount: 100 };
    expect(etaSecondsOf(place, SETTINGS)).to.equal(25);
  });

  it("is never less than the admission rate allows", () => {
    const place = { position: 50, recentAdmissions: 100_000, activeCount: 100 };
    expect(etaSecondsOf(place, SETTINGS)).to.equal(5);
  });

  it("is unknown while the queue is paused, and the client polls at the longest interval", () => {
    const place = { position: 1, recentAdmissions: 600, activeCount: 0 };
    const paused: QueueSettings = { ...SETTINGS, mode: "paused" };
    expect(etaSecondsOf(place, paused)).to.equal(undefined);
    expect(etaSecondsOf(place, { ...SETTINGS, mode: "draining" })).to.equal(1);
    const waiting = { status: "WAITING", userId: 7, sequence: 5, ...place } as const;
    const ticket = queueTicket(ports, { ...QUEUE, settings: paused }, waiting);
    expect(ticket).to.include({ etaSeconds: undefined, position: 1, pollAfterMs: 8333 });
  });

  it("is at least a second", () => {
    const place = { position: 1, recentAdmissions: 600, activeCount: 0 };
    expect(etaSecondsOf(place, SETTINGS)).to.equal(1);
  });
});

describe("the poll interval", () => {
  const lowest = { next: () => 0 };
  const highest = { next: () => 0.999_999 };

  it("grows with the position, within bounds", () => {
    const at = (etaSeconds: number): number => pollAfterMs(highest, etaSeconds, BOUNDS);
    expect([1, 20, 60, 100, 5000].map(at)).to.deep.equal([500, 2000, 6000, 10_000, 10_000]);
  });

  it("varies, so that users who joined together poll separately", () => {
    expect(pollAfterMs(lowest, 60, BOUNDS)).to.equal(4000);
    expect(pollAfterMs(highest, 60, BOUNDS)).to.equal(6000);
  });

  it("stays within bounds for any position and random number", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), chance, (etaSeconds, next) => {
        const ms = pollAfterMs({ next: () => next }, etaSeconds, BOUNDS);
        return Number.isInteger(ms) && ms >= 500 && ms <= 10_000;
      }),
    );
  });
});
