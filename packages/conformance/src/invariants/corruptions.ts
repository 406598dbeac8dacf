import { ANSWER_CORRUPTIONS } from "./answerCorruptions.ts";
import { CONTENT_CORRUPTIONS } from "./contentCorruptions.ts";
import type { Corruption } from "./corruption.ts";
import { MESSAGE_CORRUPTIONS } from "./messageCorruptions.ts";
import { PARTIAL_CORRUPTIONS } from "./partialRefund.ts";
import { POINT_CORRUPTIONS } from "./pointCorruptions.ts";
import { SEAT_CORRUPTIONS } from "./seatCorruptions.ts";

/** Every corruption, with the rule that must find it. */
export const CORRUPTIONS: readonly Corruption[] = [
  ...SEAT_CORRUPTIONS,
  ...POINT_CORRUPTIONS,
  ...ANSWER_CORRUPTIONS,
  ...MESSAGE_CORRUPTIONS,
  ...CONTENT_CORRUPTIONS,
  ...PARTIAL_CORRUPTIONS,
];
