import { z } from "zod";
import { machineSchema } from "./machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const INCIDENT_REPORT_VERSION = 1;

/** The processes whose CPU use is shown. `buyers` is the process of the simulated buyers. */
export const cpuParties = ["api", "worker", "mysql", "redis", "kafka", "buyers"] as const;
export type CpuParty = (typeof cpuParties)[number];

/** The resources that can limit the sale. */
export const resources = ["cores", "inFlight", "connections", "pool", "eventLoop"] as const;
export type Resource = (typeof resources)[number];

const count = z.number().int().nonnegative();
/** Milliseconds since the buyers arrived. */
const atMs = z.number();
const ms = z.number();
const cores = z.number();

/** Answers to one kind of request. The times are of accepted requests, from the intended start. */
const trafficSchema = z.object({
  accepted: count,
  refused: count,
  failed: count,
  p50Ms: ms,
  p95Ms: ms,
});
export type Traffic = z.infer<typeof trafficSchema>;

const countsSchema = z.object({ accepted: count, refused: count, failed: count });
const answersSchema = countsSchema.extend({
  /** Refusals by code, and failures by kind. */
  reasons: z.record(z.string(), count),
});

/** The answers that the buyers received in some time. */
export const buyersTrafficSchema = z.object({
  holds: trafficSchema,
  /** Questions for the place in the queue. */
  polls: trafficSchema,
  all: answersSchema,
});
export type BuyersTraffic = z.infer<typeof buyersTrafficSchema>;

/** One second. A part is missing when its source did not answer. */
const sampleSchema = z.object({
  atMs,
  /** Cores that all processes of the machine used. */
  machineCores: cores,
  cpu: z.partialRecord(z.enum(cpuParties), cores),
  mysql: z.object({ running: count, connections: count, connectionsMax: count }).optional(),
  api: z
    .object({
      inFlight: count,
      poolInUse: count,
      poolWaiting: count,
      /** The 99th percentile of the event-loop delay since the last sample. */
      loopDelayMs: ms,
    })
    .optional(),
  queue: z.object({ waiting: count, active: count }).optional(),
  oldestMessageMs: ms.optional(),
  buyers: z
    .object({ holds: trafficSchema, polls: trafficSchema, all: countsSchema, loopDelayMs: ms })
    .optional(),
});
export type IncidentSample = z.infer<typeof sampleSchema>;

/** A resource that stayed beyond its bound. */
const saturationSchema = z.object({
  resource: z.enum(resources),
  /** When it went beyond the bound for the first of several samples in a row. */
  sinceMs: atMs,
  /** The highest value of all samples, in the unit of the bound. */
  peak: z.number(),
});
export type Saturation = z.infer<typeof saturationSchema>;

/** The figures of a stretch of time. */
const windowSchema = z.object({
  fromMs: atMs,
  toMs: atMs,
  traffic: buyersTrafficSchema,
  /** Means of the samples. */
  machineCores: cores,
  cpu: z.partialRecord(z.enum(cpuParties), cores),
  /** Highest values of the samples; missing when no sample has them. */
  loopDelayMs: ms.optional(),
  inFlight: count.optional(),
  active: count.optional(),
  oldestMessageMs: ms.optional(),
});
export type IncidentWindow = z.infer<typeof windowSchema>;

const runbookSchema = z.object({
  beganMs: atMs,
  endedMs: atMs,
  status: z.string(),
  /** Plans until one was executed; a plan is stale when the queue has changed since. */
  planCount: count,
  /** Why the run stopped, when it did. */
  stopped: z.string().optional(),
  steps: z.array(
    z.object({ atMs, step: z.string(), point: z.string(), read: z.string().optional() }),
  ),
});
export type IncidentRunbook = z.infer<typeof runbookSchema>;

const runSchema = z.object({
  /** The seconds of the whole run, with its preparation and its checks. */
  tookMs: ms,
  samples: z.array(sampleSchema),
  looks: z.array(z.object({ atMs, tookMs: ms, codes: z.array(z.string()) })),
  /** The first time of each finding of doctor. */
  findings: z.array(z.object({ code: z.string(), message: z.string(), atMs })),
  /** Ordered by their times. */
  saturations: z.array(saturationSchema),
  /**
   * The executions of the runbook, in order; none in a run that leaves the incident alone, and when
   * no finding called for it. An execution that did not end as DONE is followed by another one.
   */
  runbooks: z.array(runbookSchema),
  before: windowSchema,
  after: windowSchema,
  sale: z.object({
    arrived: count,
    /** Buyers who bought seats, and buyers who gave up after failures. */
    bought: count,
    failed: count,
    seats: count,
    seatsSold: count,
  }),
  /** Whether every message was published and applied in time after the last buyer had gone. */
  isDrained: z.boolean(),
  invariants: z.array(
    z.object({ id: z.string(), title: z.string(), holds: z.boolean(), rowsRead: count }),
  ),
});
export type IncidentRun = z.infer<typeof runSchema>;

const incidentSchema = z.object({
  buyers: count,
  /** The run in which the runbook was executed. */
  repaired: runSchema,
  /** The same buyers once more, without the runbook. */
  left: runSchema.optional(),
});
export type Incident = z.infer<typeof incidentSchema>;

/** The bounds of the rule that names the saturated resources. */
const boundsSchema = z.object({
  cores: count,
  inFlightMax: count,
  poolMax: count,
});
export type MachineBounds = z.infer<typeof boundsSchema>;

/** The result of the study of incidents, and the format of its file. */
export const incidentReportSchema = z.object({
  schemaVersion: z.literal(INCIDENT_REPORT_VERSION),
  takenAt: z.iso.datetime(),
  /** The number of cores is one of the bounds. */
  machine: machineSchema.omit({ cores: true, loadAfter: true }),
  bounds: boundsSchema,
  room: z.object({
    activeCountMax: count,
    admissionRatePerMinute: count,
    activeTtlMs: ms,
  }),
  thinkMs: ms,
  windowMs: ms,
  incidents: z.array(incidentSchema),
});
export type IncidentReport = z.infer<typeof incidentReportSchema>;
