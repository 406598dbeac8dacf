import { z } from "zod";
import type {
  LeaveAnswer,
  LineFigures,
  LinePositions,
  ListedPlace,
  MissedPlace,
  PlacePage,
  PromotionResult,
  QueueMissing,
  QueuePlace,
  QueueStats,
} from "../../ports/queueStore.ts";
import { endOf, readPromotion } from "../shared/queueJournal.ts";

/**
 * A number in a reply of a script. Redis sends a count as an integer. The scripts return times and
 * sequences as strings of decimal digits.
 */
const integer = z.coerce.number().int().nonnegative();
const missing = z.tuple([z.literal("MISSING")]);
const configureReply = z.tuple([z.enum(["MISSING", "NEWER", "CONFIGURED"])]);

/** In the order of lineFigures-0.lua. */
const figures = z.array(integer).length(9);
const placeReply = z.union([
  z.tuple([z.enum(["WAITING", "RETURNED"]), integer, integer, figures]),
  z.tuple([z.literal("ACTIVE"), integer, integer]),
  z.tuple([z.literal("MISSED"), integer]),
  z.tuple([z.enum(["MISSING", "NONE", "CLOSED"])]),
]);
const positionsReply = z.union([
  missing,
  z.tuple([z.literal("OK"), integer, integer, z.array(integer).readonly()]),
]);
const promoteReply = z.union([
  missing,
  z.tuple([
    z.literal("OK"),
    integer,
    integer,
    integer,
    z.array(z.string()).readonly(),
    z.array(z.string()).readonly(),
    integer,
    integer,
    integer,
  ]),
]);
const leaveReply = z.union([
  z.tuple([z.enum(["MISSING", "NONE", "NEWER", "ENDED"])]),
  z.tuple([z.literal("ENDED"), integer, integer, integer]),
]);
const statsReply = z.union([missing, z.tuple([z.literal("OK"), figures, z.array(z.string())])]);
const listReply = z.union([
  missing,
  z.tuple([z.literal("OK"), integer, z.array(integer).readonly()]),
]);
const discardWaitingReply = z.union([
  z.tuple([z.enum(["MISSING", "NOT_DRAINING"])]),
  z.tuple([z.literal("DISCARDED"), integer]),
]);
const discardStateReply = z.tuple([z.enum(["MISSING", "NEWER", "DISCARDED"])]);
const room = z.object({
  lastSequence: integer,
  activeCountMax: integer,
  admissionRatePerMinute: integer,
  activeTtlMs: integer,
  activationMs: integer,
  mode: z.enum(["open", "paused", "draining"]),
  /** A version of Onsale that did not count versions made a state without one. */
  settingsVersion: integer.default(0),
  epoch: integer.default(0),
});

const MISSING: QueueMissing = { status: "MISSING" };
const PLACELESS = {
  MISSING,
  NONE: { status: "NONE" },
  CLOSED: { status: "CLOSED" },
} as const;

/** Parses the replies of `join` and `place`. */
export function placeOf(
  reply: unknown,
  userId: number,
): QueuePlace | MissedPlace | (typeof PLACELESS)[keyof typeof PLACELESS] {
  const answer = placeReply.parse(reply);
  if (answer[0] === "WAITING" || answer[0] === "RETURNED") {
    const [status, sequence, position, line] = answer;
    const place = { status: "WAITING", userId, sequence, position, ...figuresOf(line) } as const;
    return status === "RETURNED" ? { ...place, hasReturned: true } : place;
  }
  if (answer[0] === "MISSED") return { status: "MISSED", userId, sequence: answer[1] };
  if (answer[0] === "ACTIVE") {
    return { status: "ACTIVE", userId, sequence: answer[1], expiresAtMs: answer[2] };
  }
  return PLACELESS[answer[0]];
}

/** Parses the reply of `positions`. */
export function positionsOf(reply: unknown): LinePositions | QueueMissing {
  const answer = positionsReply.parse(reply);
  if (answer[0] === "MISSING") return MISSING;
  const [, generationStartedUs, admittedCount, positions] = answer;
  return { generationStartedUs, admittedCount, positions };
}

/** Parses the reply of `promote`. */
export function promotionOf(reply: unknown): PromotionResult | QueueMissing {
  const answer = promoteReply.parse(reply);
  if (answer[0] === "MISSING") return MISSING;
  const [, waitingCount, activeCount, movedCount, promotions, ends] = answer;
  const [, , , , , , generation, settingsVersion, epoch] = answer;
  return {
    promoted: promotions.map(readPromotion),
    ended: ends.map(endOf),
    journal: { promotions, ends },
    generation,
    settingsVersion,
    epoch,
    movedCount,
    waitingCount,
    activeCount,
  };
}

/**
 * Parses the reply of `leave`. The reply does not repeat the user and the reason, so the caller
 * gives them.
 */
export function leaveOf(
  reply: unknown,
  userId: number,
  reason: "PAID" | "LEFT",
): LeaveAnswer | QueueMissing {
  const answer = leaveReply.parse(reply);
  if (answer.length === 1) {
    const [status] = answer;
    return status === "ENDED" ? { status, ended: undefined } : { status };
  }
  const [status, sequence, admittedAtUs, endedAtUs] = answer;
  return { status, ended: { userId, sequence, admittedAtUs, endedAtUs, reason } };
}

/** Parses the reply of `configure`. */
export function configuredOf(
  reply: unknown,
): QueueMissing | { readonly status: "CONFIGURED" | "NEWER" } {
  const [status] = configureReply.parse(reply);
  return { status };
}

/** Parses the reply of `stats`. */
export function statsOf(reply: unknown): QueueStats | QueueMissing {
  const answer = statsReply.parse(reply);
  if (answer[0] === "MISSING") return MISSING;
  const [, line, flat] = answer;
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ""] = flat[i + 1] ?? "";
  const { lastSequence, settingsVersion, epoch, ...settings } = room.parse(fields);
  return { ...figuresOf(line), lastSequence, settings, settingsVersion, epoch };
}

function figuresOf(line: readonly number[]): LineFigures {
  const [waitingCount = 0, activeCount = 0, recentAdmissions = 0, latestAdmissions = 0] = line;
  const [measuredMs = 0, admittedCount = 0, generationStartedUs = 0] = line.slice(4);
  const [stayCount = 0, meanStayMs = 0] = line.slice(7);
  return {
    ...{ waitingCount, activeCount, recentAdmissions, latestAdmissions, measuredMs },
    ...{ admittedCount, generationStartedUs, stayCount, meanStayMs },
  };
}

/** Parses the reply of `list`. */
export function pageOf(reply: unknown): PlacePage | QueueMissing {
  const answer = listReply.parse(reply);
  if (answer[0] === "MISSING") return MISSING;
  const [, total, flat] = answer;
  const places: ListedPlace[] = [];
  for (let i = 0; i + 3 < flat.length; i += 4) {
    const [userId = 0, sequence = 0, expiresAtMs = 0, activated] = flat.slice(i, i + 4);
    places.push({
      userId,
      sequence,
      expiresAtMs: expiresAtMs === 0 ? undefined : expiresAtMs,
      isActivated: activated === 1,
    });
  }
  return { total, places };
}

/** Parses the reply of `discardWaiting`. */
export function discardedWaitingOf(
  reply: unknown,
):
  | QueueMissing
  | { readonly status: "NOT_DRAINING" }
  | { readonly status: "DISCARDED"; readonly discardedCount: number } {
  const answer = discardWaitingReply.parse(reply);
  if (answer[0] === "DISCARDED") return { status: answer[0], discardedCount: answer[1] };
  return { status: answer[0] };
}

/** Parses the reply of `discardState`. */
export function discardedStateOf(
  reply: unknown,
): QueueMissing | { readonly status: "NEWER" | "DISCARDED" } {
  const [status] = discardStateReply.parse(reply);
  return { status };
}
