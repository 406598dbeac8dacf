import type { IncidentSample, MachineBounds, Resource, Saturation } from "./incidentReport.ts";

/*
 * The resource that saturates first
 *
 * Problem: at an overload everything is slow, and each figure alone looks like the cause.
 *
 * A resource is saturated when its value is beyond its bound in several samples in a row. The
 * resource whose row began first is named. Resources whose rows began in the same sample are named
 * together: one sample is too coarse to order them.
 *
 * A sample without the value neither continues nor ends a row, because a process that is too busy
 * to answer the sampler has not recovered.
 *
 * Not promised: that the named resource is the cause. A pool is used up because its server is slow,
 * and an event loop is late because other processes use the cores.
 */

/** Samples in a row beyond the bound. One or two can be a garbage collection or a checkpoint. */
export const SAMPLES_MIN = 3;

/** The bound of one resource. */
export interface ResourceBound {
  readonly resource: Resource;
  /** The name for people. */
  readonly name: string;
  /** Formats a value. */
  readonly text: (value: number) => string;
  /** A resource is beyond its bound when its value is above this. */
  readonly above: number;
  readonly read: (sample: IncidentSample) => number | undefined;
}

const CORES_SHARE = 0.9;
const IN_FLIGHT_SHARE = 0.9;
/** As the finding OVERLOADED of doctor. */
const CONNECTIONS_SHARE = 0.8;
/** An answer needs several iterations of the event loop, so a person notices this delay. */
const LOOP_DELAY_MS = 100;

/** The bounds on this machine. */
export function resourceBounds(machine: MachineBounds): readonly ResourceBound[] {
  return [
    {
      ...{ resource: "cores", name: "the cores of the machine", above: CORES_SHARE },
      text: percent,
      read: ({ machineCores }) => machineCores / machine.cores,
    },
    {
      ...{ resource: "inFlight", name: "the requests in flight of the API" },
      ...{ above: IN_FLIGHT_SHARE, text: percent },
      read: ({ api }) => api && api.inFlight / machine.inFlightMax,
    },
    {
      ...{ resource: "connections", name: "the connections of MySQL" },
      ...{ above: CONNECTIONS_SHARE, text: percent },
      read: ({ mysql }) => mysql && mysql.connections / mysql.connectionsMax,
    },
    {
      ...{ resource: "pool", name: "the pool of MySQL connections of the API", above: 0 },
      text: (waiting) => `${Math.round(waiting)} waiting`,
      read: ({ api }) => api && (api.poolInUse >= machine.poolMax ? api.poolWaiting : 0),
    },
    {
      ...{ resource: "eventLoop", name: "the event loop of the API", above: LOOP_DELAY_MS },
      text: (ms) => `${Math.round(ms)} ms`,
      read: ({ api }) => api?.loopDelayMs,
    },
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Finds the saturated resources, in the order of their times. */
export function saturationsOf(
  samples: readonly IncidentSample[],
  machine: MachineBounds,
): readonly Saturation[] {
  return resourceBounds(machine)
    .flatMap(({ resource, above, read }) => {
      const sinceMs = beginOfRow(samples, (sample) => {
        const value = read(sample);
        return value === undefined ? undefined : value > above;
      });
      const peak = Math.max(...samples.map((sample) => read(sample) ?? 0));
      return sinceMs === undefined
        ? []
        : [{ resource, sinceMs, peak: Math.round(peak * 1e3) / 1e3 }];
    })
    .toSorted((one, other) => one.sinceMs - other.sinceMs);
}

/** The resources that were saturated first; several when their times are the same. */
export function firstSaturated(saturations: readonly Saturation[]): readonly Saturation[] {
  const firstMs = Math.min(...saturations.map(({ sinceMs }) => sinceMs));
  return saturations.filter(({ sinceMs }) => sinceMs === firstMs);
}

function beginOfRow(
  samples: readonly IncidentSample[],
  isBeyond: (sample: IncidentSample) => boolean | undefined,
): number | undefined {
  let row: number[] = [];
  for (const sample of samples) {
    const beyond = isBeyond(sample);
    if (beyond === undefined) continue;
    row = beyond ? [...row, sample.atMs] : [];
    if (row.length === SAMPLES_MIN) return row[0];
  }
  return undefined;
}
