import { type Finding, type FindingCode, findRunbook, secondsText } from "@onsale/core";
import type { Drill } from "./drill.ts";
import type { DrillGround } from "./drillGround.ts";
import { lookUntil } from "./drillLooks.ts";
import type { Detection } from "./drillResult.ts";

/** Time for the detection after the bound of the finding, ms: some looks, on a busy machine. */
const LATE_MS_MAX = 20_000;

/** The findings that a drill waits for; none for a planned change. */
export function codesOf({ codes, runbook }: Drill): readonly FindingCode[] {
  return codes ?? findRunbook(runbook).detection;
}

/**
 * Looks like doctor until the incident is found.
 * @param brokenMs when the incident began, by the monotonic clock
 * @returns the reason as `missing` when the finding does not appear in time
 */
export async function detectIncident(
  drill: Drill,
  ground: DrillGround,
  brokenMs: number,
  signal: AbortSignal,
): Promise<{ readonly detection?: Detection; readonly missing?: string }> {
  const codes = codesOf(drill);
  if (codes.length === 0) return {};
  const { clock } = ground.core;
  const firstLookMs = clock.monotonicMs() - brokenMs;
  const wanted = (found: readonly Finding[]) => found.filter(({ code }) => codes.includes(code));
  const { isReached, beganAtMs, tookMs, findings } = await lookUntil(ground, {
    ...{ invariants: drill.invariants ?? "skip", withinMs: drill.boundMs + LATE_MS_MAX, signal },
    isReached: (found) => wanted(found).length > 0,
  });
  if (!isReached) {
    const others = messagesOf(findings);
    const time = secondsText(tookMs);
    return { missing: `no ${codes.join(" or ")} in ${time}; found instead: ${others}` };
  }
  const late = beganAtMs.filter((atMs) => firstLookMs + atMs >= drill.boundMs);
  return {
    detection: {
      ...{ lookCount: beganAtMs.length, lookCountBeyondBound: late.length },
      tookMs: firstLookMs + tookMs,
      findings: wanted(findings).map(({ code, message }) => ({ code, message })),
    },
  };
}

/** The findings as one text. */
export function messagesOf(findings: readonly Finding[]): string {
  return findings.map(({ code, message }) => `${code}: ${message}`).join("; ") || "nothing";
}
