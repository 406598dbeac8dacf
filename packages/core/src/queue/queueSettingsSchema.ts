import { z } from "zod";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The settings of a queue. The Lua scripts stay fast with counts up to a million. No admission
 * needs more than a day.
 */
export const queueSettingsSchema = z.strictObject({
  activeCountMax: z.int().min(1).max(1_000_000),
  admissionRatePerMinute: z.int().min(1).max(1_000_000),
  activeTtlMs: z.int().min(1).max(DAY_MS),
  activationMs: z.int().min(1).max(DAY_MS),
  mode: z.enum(["open", "paused", "draining"]),
});
