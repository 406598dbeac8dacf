import type {
  EndedAdmission,
  Promotion,
  PromotionBounds,
  PromotionResult,
} from "../../../ports/queueStore.ts";
import { endOf, promotionText, readPromotion } from "../../shared/queueJournal.ts";
import {
  MISSED_KEPT_US,
  PROMOTION_OVERDUE_US,
  PROMOTIONS_UNRECORDED_MAX,
  RATE_WINDOW_US,
} from "../../shared/queueLimits.ts";
import type { ScoredMember, SortedSet } from "../redisState/sortedSet.ts";
import { admissionsSince, endAdmission, endExpired, type Room, recentAdmissions } from "./room.ts";

const SECOND_US = 1_000_000;

/**
 * The maximum number of old entries of a set that one call removes, so that a call stays short even
 * after a busy hour.
 */
const TRIM_MAX = 2000;

/**
 * Ends the admissions that have expired or were not activated in time. Then admits the users who
 * have waited longest, up to the number of free slots.
 */
export function promote(
  room: Room,
  nowUs: number,
  batchMax: number,
  bounds?: PromotionBounds,
): PromotionResult {
  endOverdue(room, nowUs, batchMax);
  const overdueUs = nowUs - PROMOTION_OVERDUE_US;
  // MySQL should have recorded these admissions by now, so the call returns them again instead of
  // promoting other users.
  const promotions = room.promotions.first(room.promotions.countBelow(overdueUs));
  const isBlocked =
    promotions.length > 0 ||
    room.promotions.size() >= PROMOTIONS_UNRECORDED_MAX ||
    (room.settings.mode === "paused" && !bounds?.whilePaused) ||
    (bounds !== undefined && room.settingsVersion !== bounds.settingsVersion) ||
    nowUs < room.quietUntilUs;
  const ends = endsToTell(room, overdueUs, batchMax);
  // The number of ended admissions that this call cannot return yet. Their slots are not free: if
  // the server lost such an end after another user got the slot, MySQL would count two live
  // admissions for one slot.
  const heldBack = room.ends.size() - ends.length;
  const free = isBlocked ? 0 : freeSlots(room, nowUs, heldBack, batchMax);
  const allowed = bounds ? room.waiting.countUpTo(bounds.untilSequence) : free;
  const head = room.waiting.takeFirst(Math.min(free, allowed));
  const moved = head.map((entry) => admit(room, nowUs, entry));
  room.admittedCount += moved.length;
  removeBelow(room.admissions, nowUs - RATE_WINDOW_US);
  removeBelow(room.missed, nowUs - MISSED_KEPT_US);
  return {
    promoted: [...promotions.map(readPromotion), ...moved],
    ended: ends.map(({ end }) => end),
    journal: {
      promotions: [...promotions, ...moved.map(promotionText)],
      ends: ends.map(({ text }) => text),
    },
    generation: room.generation,
    settingsVersion: room.settingsVersion,
    epoch: room.epoch,
    movedCount: moved.length,
    waitingCount: room.waiting.size(),
    activeCount: room.active.size(),
  };
}

function removeBelow(set: SortedSet, score: number): void {
  set.takeFirst(Math.min(set.countBelow(score), TRIM_MAX));
}

function endOverdue(room: Room, nowUs: number, batchMax: number): void {
  const nowMs = Math.floor(nowUs / 1000);
  const due = (users: SortedSet): string[] =>
    users.first(Math.min(batchMax, users.countUpTo(nowMs)));
  // An unused admission is missed, also when it has expired meanwhile.
  for (const user of due(room.unactivated)) endAdmission(room, nowUs, user, "UNCLAIMED");
  for (const user of due(room.active)) endExpired(room, nowUs, user);
}

/**
 * Returns how many users may be promoted now: the smallest number that the limits allow. The limits
 * are the active count max, the rate per minute, the rate per second, and the batch size.
 */
function freeSlots(room: Room, nowUs: number, heldBack: number, batchMax: number): number {
  const { activeCountMax, admissionRatePerMinute } = room.settings;
  const slots = Math.min(
    activeCountMax - room.active.size() - heldBack,
    admissionRatePerMinute - recentAdmissions(room, nowUs),
    Math.ceil(admissionRatePerMinute / 60) - admissionsSince(room, nowUs - SECOND_US),
    batchMax,
  );
  return Math.max(0, slots);
}

function admit(room: Room, nowUs: number, { member: user, score: sequence }: ScoredMember) {
  const nowMs = Math.floor(nowUs / 1000);
  const promotion: Promotion = {
    userId: Number(user),
    sequence,
    admittedAtUs: nowUs,
    enteredAtUs: room.entered.get(user) ?? sequence,
    expiresAtMs: nowMs + room.settings.activeTtlMs,
  };
  room.entered.delete(user);
  room.active.set(user, promotion.expiresAtMs);
  room.unactivated.set(user, nowMs + room.settings.activationMs);
  room.admitted.set(user, { sequence, admittedUs: nowUs });
  room.admissions.set(`${sequence}:${nowUs}`, nowUs);
  room.promotions.set(promotionText(promotion), nowUs);
  return promotion;
}

interface ToldEnd {
  readonly text: string;
  readonly end: EndedAdmission;
}

/**
 * Returns the ends of admissions that MySQL can record now. MySQL records an end in the row of its
 * admission, so the admission must be recorded already, or be returned by the same call.
 */
function endsToTell(room: Room, overdueUs: number, batchMax: number): ToldEnd[] {
  return room.ends
    .first(2 * batchMax)
    .map((text) => ({ text, end: endOf(text) }))
    .filter(({ end: { admittedAtUs } }) => {
      const isUnrecorded =
        room.promotions.countUpTo(admittedAtUs) > room.promotions.countBelow(admittedAtUs);
      return !isUnrecorded || admittedAtUs < overdueUs;
    });
}
