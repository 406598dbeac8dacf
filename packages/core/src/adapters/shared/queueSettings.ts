import type { QueueSettings } from "../../ports/queueStore.ts";

/** Copies the settings that Redis needs. Other fields of the object are not stored. */
export function settingsOf(settings: QueueSettings): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode } = settings;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode };
}
