import type { QueueSettings } from "../../ports/queueStore.ts";

/** Only the known settings: whatever else an object carries is not stored. */
export function settingsOf(settings: QueueSettings): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode } = settings;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode };
}
