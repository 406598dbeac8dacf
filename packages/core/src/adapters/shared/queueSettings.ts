import type { QueueSettings } from "../../ports/queueStore.ts";

/** Copies the known settings; other fields of the object are not stored. */
export function settingsOf(settings: QueueSettings): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode } = settings;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode };
}
