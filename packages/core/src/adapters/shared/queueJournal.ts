import assert from "node:assert/strict";
import type { AdmissionEnd, EndedAdmission, Promotion } from "../../ports/queueStore.ts";

const endReasons: Readonly<Record<string, AdmissionEnd>> = {
  PAID: "PAID",
  LEFT: "LEFT",
  EXPIRED: "EXPIRED",
  UNCLAIMED: "UNCLAIMED",
};

/**
 * The journal entry of an admission. The entry has all fields, because Redis may keep nothing else.
 */
export function promotionText(promotion: Promotion): string {
  const { sequence, userId, admittedAtUs, enteredAtUs, expiresAtMs } = promotion;
  return `${sequence}:${userId}:${admittedAtUs}:${enteredAtUs}:${expiresAtMs}`;
}

export function readPromotion(text: string): Promotion {
  const [sequence, userId, admittedAtUs, enteredAtUs, expiresAtMs] = text.split(":").map(Number);
  assert(
    sequence && userId && admittedAtUs && enteredAtUs && expiresAtMs,
    `An admission cannot be read: ${text}`,
  );
  return { userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs };
}

/**
 * The journal entry of the end of an admission. The entry contains the time of the admission,
 * because the end is returned only when the admissions of that time are recorded or returned too.
 */
export function endText(end: EndedAdmission): string {
  const { sequence, userId, admittedAtUs, endedAtUs, reason } = end;
  return `${sequence}:${userId}:${admittedAtUs}:${endedAtUs}:${reason}`;
}

export function endOf(text: string): EndedAdmission {
  const [sequence, userId, admittedAtUs, endedAtUs, name = ""] = text.split(":");
  const reason = endReasons[name];
  assert(reason, `An end cannot be read: ${text}`);
  return {
    userId: Number(userId),
    sequence: Number(sequence),
    admittedAtUs: Number(admittedAtUs),
    endedAtUs: Number(endedAtUs),
    reason,
  };
}
