import { type PhaseSummary, type Recorder, requestPhases } from "../measure/recorder.ts";
import type { BuyersTraffic, Traffic } from "./incidentReport.ts";

/** Summarises the answers of a recorder. */
export function trafficOf(recorder: Recorder): BuyersTraffic {
  const reasons: Record<string, number> = {};
  const all = { accepted: 0, refused: 0, failed: 0 };
  for (const phase of requestPhases) {
    const { accepted, refused, refusedByCode, failedByKind, failed } = recorder.phaseSummary(phase);
    all.accepted += accepted.count;
    all.refused += refused.count;
    all.failed += failed;
    for (const [reason, times] of [
      ...Object.entries(refusedByCode),
      ...Object.entries(failedByKind),
    ]) {
      reasons[reason] = (reasons[reason] ?? 0) + times;
    }
  }
  return {
    holds: phaseTraffic(recorder.phaseSummary("reserve")),
    polls: phaseTraffic(recorder.phaseSummary("poll")),
    all: { ...all, reasons },
  };
}

function phaseTraffic({ accepted, refused, failed }: PhaseSummary): Traffic {
  return {
    ...{ accepted: accepted.count, refused: refused.count, failed },
    ...{ p50Ms: Math.round(accepted.p50Ms), p95Ms: Math.round(accepted.p95Ms) },
  };
}
