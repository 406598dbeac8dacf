import {
  type BuyersTraffic,
  type CpuParty,
  cpuParties,
  type IncidentSample,
  type IncidentWindow,
} from "./incidentReport.ts";

/** Summarises the samples of a stretch of time. */
export function incidentWindow(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  traffic: BuyersTraffic,
  samples: readonly IncidentSample[],
): IncidentWindow {
  const inside = samples.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
  const highest = (read: (sample: IncidentSample) => number | undefined): number | undefined => {
    const values = inside.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : Math.max(...values);
  };
  const cpu: Partial<Record<CpuParty, number>> = {};
  for (const party of cpuParties) {
    const mean = meanOf(inside.map((sample) => sample.cpu[party]));
    if (mean !== undefined) cpu[party] = mean;
  }
  return {
    ...{ fromMs: Math.round(fromMs), toMs: Math.round(toMs), traffic, cpu },
    machineCores: meanOf(inside.map(({ machineCores }) => machineCores)) ?? 0,
    loopDelayMs: highest(({ api }) => api?.loopDelayMs),
    inFlight: highest(({ api }) => api?.inFlight),
    active: highest(({ queue }) => queue?.active),
    oldestMessageMs: highest(({ oldestMessageMs }) => oldestMessageMs),
  };
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.round(mean * 100) / 100;
}
