import type { InspectedSetting, ServerInspection } from "../ports/serverInspection.ts";
import { type Finding, finding } from "./findingList.ts";

/** Holds expire by MySQL's clock, admissions by Redis's clock; Node's clock checks tokens. */
export const CLOCK_SKEW_MS_MAX = 500;

/** Findings about the servers themselves. */
export function serverFindings(inspections: readonly ServerInspection[]): readonly Finding[] {
  return inspections.flatMap((inspection) => {
    const { server, reachable, reason, settings } = inspection;
    if (!reachable) return [finding("SERVER_DOWN", server, `${server}: ${reason ?? "no answer"}`)];
    const unsafe = settings
      .filter(({ verdict }) => verdict === "wrong")
      .map((setting) => settingFinding(server, setting));
    if (!isClockOff(inspection)) return unsafe;
    const skew = Math.round(inspection.clockSkewMs ?? 0);
    return [...unsafe, finding("CLOCK_SKEW", server, `${server}'s clock is off by ${skew} ms`)];
  });
}

/** Whether a clock is off by more than the round trip can explain. */
export function isClockOff({ clockSkewMs, roundTripMs }: ServerInspection): boolean {
  if (clockSkewMs === undefined) return false;
  return Math.abs(clockSkewMs) - (roundTripMs ?? 0) / 2 > CLOCK_SKEW_MS_MAX;
}

function settingFinding(server: string, { name, value, why }: InspectedSetting): Finding {
  const isReadOnly = name === "read_only" || name === "super_read_only";
  const code = isReadOnly ? "SERVER_READ_ONLY" : "SETTING_UNSAFE";
  return finding(code, server, `${server}: ${name} is ${value}; ${why}`);
}
