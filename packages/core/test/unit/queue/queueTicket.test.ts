import { expect } from "chai";
import { fastJwtTokenSigner } from "../../../src/adapters/token/fastJwtTokenSigner.ts";
import { type OnsaleConfig, readConfig } from "../../../src/config/readConfig.ts";
import type { QueueSettings } from "../../../src/ports/queueStore.ts";
import { queueTicket } from "../../../src/queue/queueTicket.ts";
import { fakeClock } from "../../support/fakeClock.ts";

const SETTINGS: QueueSettings = {
  activeCountMax: 100,
  admissionRatePerMinute: 600,
  activeTtlMs: 50_000,
  activationMs: 10_000,
  mode: "open",
};
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
const LINE = {
  waitingCount: 1500,
  activeCount: 100,
  recentAdmissions: 300,
  latestAdmissions: 50,
  measuredMs: 60_000,
  admittedCount: 400,
  generationStartedUs: 1_789_999_000_000_000,
  stayCount: 300,
  meanStayMs: 20_000,
};
const QUEUE = { queueId: "main", epoch: 3, settings: SETTINGS, settingsVersion: 0 };

describe("a queue ticket", () => {
  it("has no estimate while the queue is paused", () => {
    const paused: QueueSettings = { ...SETTINGS, mode: "paused" };
    const place = { status: "WAITING", userId: 7, sequence: 5, position: 1, ...LINE } as const;
    const ticket = queueTicket(ports, { ...QUEUE, settings: paused }, place);
    expect(ticket).to.include({ etaSeconds: undefined, position: 1 });
  });

  it("has position, users ahead, estimate and poll time for a waiting user", () => {
    const { token, ...ticket } = queueTicket(ports, QUEUE, {
      status: "WAITING",
      userId: 7,
      sequence: 1_790_000_000_000_001,
      position: 1200,
      ...LINE,
    });
    expect(ticket).to.deep.equal({
      queueId: "main",
      userId: 7,
      status: "WAITING",
      position: 1200,
      ahead: 1199,
      etaSeconds: 240,
      line: { generation: 1_789_999_000_000_000, admittedCount: 400, waitingCount: 1_500 },
      expiresAtMs: undefined,
      pollAfterMs: 8585,
    });
    expect(ports.tokens.verify(token)).to.deep.equal({
      queueId: "main",
      userId: 7,
      sequence: 1_790_000_000_000_001,
      epoch: 3,
      issuedAtMs: 1_790_000_000_000,
      pollAfterMs: 8585,
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
