import { servedRoutes } from "@onsale/api/endpoints";
import { type OnsaleConfig, readConfig } from "@onsale/core";
import { below, between, chance, type RandomStreams } from "../chance/seededRandom.ts";

/** The settings of a virtual sale that the seed decides, so that runs differ. */
export interface Conditions {
  readonly seatLock: OnsaleConfig["core"]["seatLock"]["strategy"];
  readonly groups: OnsaleConfig["core"]["groups"];
  /** Longest time until a lane of groups starts, as in a busy process; more requests join it. */
  readonly laneDelayMs: number;
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
  /** Length of the arrivals, ms. */
  readonly arrivalMs: number;
  readonly thinkMs: number;
  readonly abandonShare: number;
  readonly retryShare: number;
  readonly refundShare: number;
  /** The budget of polls per second. A low one advises pauses beyond the activation time. */
  readonly pollsPerSecond: number;
  /** The share of the buyers who leave the line while they wait. */
  readonly leaveShare: number;
}

/**
 * The share of the sales in which a slow line has long pauses, and most buyers leave it soon. The
 * others are admitted during their pauses.
 */
const LEAVING_SHARE = 0.2;

export function conditionsOf(streams: RandomStreams): Conditions {
  const random = streams("conditions");
  return {
    seatLock: random.next() < 0.5 ? "redlock" : "conditional",
    groups: { membersMax: below(random, 4) === 0 ? 1 : 64, lanes: 1 + below(random, 2) },
    laneDelayMs: below(random, 3) === 0 ? 0 : between(random, 0, 400),
    activeCountMax: 2 + below(random, 12),
    admissionRatePerMinute: 60 * (1 + below(random, 20)),
    arrivalMs: between(random, 0, 3_000),
    thinkMs: between(random, 1, 400),
    abandonShare: between(random, 0, 0.4),
    retryShare: between(random, 0, 0.8),
    refundShare: between(random, 0, 0.4),
    pollsPerSecond: settings.core.queue.pollsPerSecond,
    leaveShare: 0,
    ...leavingOf(streams),
  };
}

/** The conditions of a line that most buyers leave. The other seeds draw nothing else. */
function leavingOf(streams: RandomStreams): Partial<Conditions> {
  const random = streams("buyers who leave the line");
  if (!chance(random, LEAVING_SHARE)) return {};
  return {
    activeCountMax: 1 + below(random, 3),
    admissionRatePerMinute: 60,
    arrivalMs: between(random, 0, 400),
    pollsPerSecond: 1,
    leaveShare: between(random, 0.7, 0.95),
  };
}

/** The id of the buyer with the index 0. */
export const FIRST_USER_ID = 1;

/** The name of a buyer in traces. */
export const buyerName = (index: number): string => `buyer-${index}`;

/**
 * Durations in a virtual sale, ms. They are short, so that a fault can last longer than each of
 * them.
 */
export const LIVES = {
  activeTtlMs: 8_000,
  activationMs: 2_500,
} as const;

/** The longest poll interval that the API gives to a waiting buyer, ms. */
export const POLL_AFTER_MS_MAX = 2_000;

/**
 * The retention while operators run a runbook, ms. The work of the operators takes longer than a
 * sale, and a message that Kafka delivers again after the retention of the inbox would be applied
 * again.
 */
export const INCIDENT_RETENTION_MS = 2 * 60 * 60 * 1000;

const SECRET = "a-virtual-sale-keeps-no-secrets-from-anybody";

/**
 * The settings that all virtual sales share. They are parsed once, because parsing them takes
 * longer than a run.
 */
const settings = readConfig({
  STACK: "embedded",
  AUTH_JWT_SECRET: SECRET,
  QUEUE_TOKEN_KEYS: `virtual:${SECRET}`,
  HOLD_TTL_MS: "3000",
  HOLD_EXTENSION_MAX_MS: "3500",
  HOLD_SWEEP_MS: "800",
  SEAT_LOCK_TTL_MS: "600",
  QUEUE_PROMOTE_MS: "500",
  POLL_AFTER_MIN_MS: "400",
  POLL_AFTER_MAX_MS: String(POLL_AFTER_MS_MAX),
  OUTBOX_BUCKETS: "3",
  OUTBOX_POLL_MS: "1200",
  OUTBOX_LEASE_MS: "4000",
  RETENTION_MS: "60000",
});

/** The routes of the API with these settings. */
export const virtualRoutes = servedRoutes(settings);

type ProcessConditions = Pick<Conditions, "seatLock" | "groups"> &
  Partial<Pick<Conditions, "pollsPerSecond">>;

/**
 * The settings of every process of a sale.
 * @param retentionMs how long published messages and inbox records are kept
 */
export function virtualConfig(
  { seatLock, groups, pollsPerSecond = settings.core.queue.pollsPerSecond }: ProcessConditions,
  retentionMs = settings.core.retentionMs,
): OnsaleConfig {
  const { core } = settings;
  const ofSeats = { ...core.seatLock, strategy: seatLock };
  const queue = { ...core.queue, pollsPerSecond };
  return { ...settings, core: { ...core, retentionMs, queue, seatLock: ofSeats, groups } };
}
