import sinon from "sinon";
import { fastJwtTokenSigner } from "../../src/adapters/token/fastJwtTokenSigner.ts";
import type { AdmissionStore, QueueRecord } from "../../src/ports/admissionStore.ts";
import type { QueueStore } from "../../src/ports/queueStore.ts";
import type { QueueTokenClaims } from "../../src/ports/tokenSigner.ts";
import { fakeClock } from "./fakeClock.ts";
import { portOf, unitCore } from "./unitCore.ts";

export const MISSING = { status: "MISSING" } as const;
export const NONE = { status: "NONE" } as const;
export const NOW_MS = 1_790_000_000_000;
/** The generation that stands began a minute ago. */
export const GENERATION_US = (NOW_MS - 60_000) * 1000;

export const QUEUE: QueueRecord = {
  queueId: "hall",
  epoch: 3,
  settings: {
    activeCountMax: 100,
    admissionRatePerMinute: 600,
    activeTtlMs: 600_000,
    activationMs: 60_000,
    mode: "open",
  },
};

export function waiting(userId: number, sequence: number) {
  const counts = { position: 4, recentAdmissions: 60, activeCount: 100 };
  return { status: "WAITING", userId, sequence, ...counts } as const;
}

export function active(userId: number, sequence: number) {
  return { status: "ACTIVE", userId, sequence, expiresAtMs: NOW_MS + 5_000 } as const;
}

/** The queue's workflows without I/O: every method of a port is a stub. */
export function unitQueue() {
  const clock = fakeClock(NOW_MS);
  const tokens = fastJwtTokenSigner([{ kid: "unit", secret: "u".repeat(32) }]);
  const store = {
    rebuild: sinon.stub().resolves({ generationStartedUs: GENERATION_US }),
    join: sinon.stub(),
    place: sinon.stub(),
    promote: sinon.stub(),
    settle: sinon.stub().resolves(),
    leave: sinon.stub(),
    configure: sinon.stub().resolves({ status: "CONFIGURED" }),
    stats: sinon.stub().resolves({ generationStartedUs: GENERATION_US }),
  };
  const admissions = {
    findQueue: sinon.stub().resolves(QUEUE),
    ensureQueue: sinon.stub().resolves({ ...QUEUE, queueId: "main" }),
    saveSettings: sinon.stub().resolves(),
    findAdmission: sinon.stub().resolves(undefined),
    recordPromotions: sinon.stub().resolves(true),
    recordEnds: sinon.stub().resolves(),
    beginGeneration: sinon
      .stub()
      .resolves({ generation: 1, active: [], recentAdmissionsUs: [], lastSequence: 0 }),
  };
  const core = unitCore({
    clock,
    tokens,
    random: { next: () => 0.5 },
    queue: portOf<QueueStore>(store),
    admissions: portOf<AdmissionStore>(admissions),
  });
  const tokenOf = (claims: Partial<QueueTokenClaims> = {}): string =>
    tokens.sign({
      queueId: QUEUE.queueId,
      userId: 9,
      sequence: NOW_MS * 1000,
      epoch: QUEUE.epoch,
      issuedAtMs: NOW_MS,
      ...claims,
    });
  return { core, clock, store, admissions, tokenOf };
}
