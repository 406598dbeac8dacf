import { z } from "zod";
import { buyerOutcomes } from "../actors/buyerEnded.ts";
import { arrivalKinds } from "../arrivals/arrivalTimes.ts";
import { estimateSources, eventKinds, requestPhases, spanPhases } from "../measure/recorder.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const RUSH_RESULT_VERSION = 3;

const count = z.number().int().nonnegative();
const ms = z.number();
const counts = z.record(z.string(), count);

const latencySummary = z.object({
  count,
  meanMs: ms,
  p50Ms: ms,
  p90Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  p999Ms: ms,
  maxMs: ms,
});

const waitErrors = z.object({
  count,
  p50Ms: ms,
  p90Ms: ms,
  p50Share: z.number(),
  p90Share: z.number(),
  /** Share of the estimates within 15 % or 10 s. */
  withinGoal: z.number(),
});

const phaseSummary = z.object({
  accepted: latencySummary,
  refused: latencySummary,
  refusedByCode: counts,
  failedByKind: counts,
  failed: count,
});

const invariant = z.object({
  id: z.string(),
  title: z.string(),
  holds: z.boolean(),
  rowsRead: count,
  violationCount: count,
  violations: z.array(z.object({ message: z.string(), ids: z.record(z.string(), z.unknown()) })),
});

const verdict = z.object({
  /**
   * True when something was tested, no invariant is violated, every repeated request has the answer
   * of the first, and no request ended in an internal error.
   */
  holds: z.boolean(),
  /** False when the rush was ended early, so that the invariants were not checked. */
  given: z.boolean(),
  /** False when the API accepted no request, so that the invariants say nothing. */
  tested: z.boolean(),
  /** The data that the invariants were checked on: of this run, or of the whole installation. */
  scope: z.enum(["run", "installation"]),
  invariants: z.array(invariant),
  drained: z.boolean(),
  drainMs: ms,
  /** Number of messages that were still unpublished after the drain. */
  pendingMessages: count,
  acknowledged: z.object({ reservations: count, payments: count, chargedUsers: count }),
  /** Number of answers with status 500. No fault of a server excuses such an answer. */
  internalErrors: count,
  repeats: count,
  mismatches: z.array(
    z.object({
      phase: z.enum(requestPhases),
      userId: z.number(),
      first: z.string(),
      second: z.string(),
    }),
  ),
});

const clients = z.object({
  seed: z.number().int(),
  buyers: count,
  seats: count,
  arrival: z.enum(arrivalKinds),
  durationSeconds: z.number(),
  partySizes: z.record(z.string(), z.number()),
  thinkMs: ms,
  abandonShare: z.number(),
  retryShare: z.number(),
  chargeShare: z.number(),
  zipfExponent: z.number(),
});

const sale = z.object({
  seats: count,
  sold: count,
  held: count,
  available: count,
  /** The time when the last seat was sold; null when a seat is unsold. */
  soldOutMs: ms.nullable(),
  lastSaleMs: ms.nullable(),
  /** The reason why seats are unsold; null when all seats are sold. */
  unsoldReason: z.string().nullable(),
  /** Points. */
  revenue: count,
});

/** The result of a rush, which `--json` writes. Times are ms since the sale opened. */
export const rushResultSchema = z.object({
  schemaVersion: z.literal(RUSH_RESULT_VERSION),
  kind: z.literal("rush"),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  command: z.string().nullable(),
  /** Time from the opening of the sale to the end of the last session. */
  elapsedMs: ms,
  clients,
  room: z.object({
    activeCountMax: count,
    admissionRatePerMinute: count,
    activeTtlMs: ms,
  }),
  verdict,
  sale,
  outcomes: z.partialRecord(z.enum(buyerOutcomes), count),
  failureReasons: counts,
  requests: z.object({
    accepted: count,
    refused: count,
    failed: count,
    failedByKind: counts,
    serverErrors: count,
    acceptedPerSecond: z.number(),
    refusedPerSecond: z.number(),
  }),
  phases: z.record(z.enum(requestPhases), phaseSummary),
  spans: z.record(z.enum(spanPhases), latencySummary),
  /** Estimated waiting times against the real ones, by the answers that had them. */
  waitErrors: z.record(z.enum(estimateSources), waitErrors),
  arrivals: z.object({ late: count, lateAfterMs: ms, latestMs: ms }),
  fairness: z.object({
    admitted: count,
    overtakings: count,
    comparablePairs: count,
    gamma: z.number(),
    worstLossPlaces: z.number(),
    /**
     * Arrival rank and admission rank of buyers. When there are very many buyers, an even sample of
     * them.
     */
    points: z.array(z.tuple([count, count])),
  }),
  series: z.object({ binMs: ms, bins: z.record(z.enum(eventKinds), z.array(count)) }),
  seatMap: z.array(
    z.object({
      section: z.string(),
      price: count,
      /** When each seat was sold, in the order of the seats in the hall; null if unsold. */
      soldMs: z.array(ms.nullable()),
    }),
  ),
  load: z.object({
    cores: count,
    samples: z.array(
      z.object({
        atMs: ms,
        machine: z.number(),
        buyers: z.number(),
        api: z.number().optional(),
        worker: z.number().optional(),
        queue: z.number().optional(),
      }),
    ),
  }),
  faults: z.array(z.object({ atMs: ms, what: z.string() })),
  servers: z.array(z.object({ name: z.string(), flavour: z.string() })),
  apiProcesses: count,
  queueProcesses: count.default(0),
  machine: z.object({ cpu: z.string(), memoryGb: z.number(), node: z.string() }),
});

/** The type of `rushResultSchema`. */
export type RushResult = z.infer<typeof rushResultSchema>;
