import { buyersTrafficSchema } from "@onsale/simulator/study";
import { z } from "zod";

/*
 * The process of the simulated buyers
 *
 * Problem: thousands of buyers use up an event loop. In the process of the study, the sampler, the
 * looks of doctor and the steps of the runbook would wait behind the buyers, and their times would
 * be those of the buyers' process and not of the servers.
 *
 * So the buyers run in a process of their own. The study sends requests over the IPC channel, and
 * each has one answer with the same id.
 *
 * Failures:
 * - The process of the buyers ends: every open request rejects, so the study ends.
 * - The study ends in any way, also by SIGKILL: the channel closes, and the buyers' process exits.
 */

const roomSchema = z.object({
  activeCountMax: z.number(),
  admissionRatePerMinute: z.number(),
  activeTtlMs: z.number(),
});

/** The sale that the buyers' process creates, and the behaviour of its buyers. */
export const loadOptionsSchema = z.object({
  baseUrls: z.array(z.string()),
  seats: z.number(),
  room: roomSchema,
  abandonShare: z.number(),
  thinkMs: z.number(),
  connectionsMax: z.number(),
});
export type LoadOptions = z.infer<typeof loadOptionsSchema>;

const requestKinds = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open"), options: loadOptionsSchema }),
  z.object({ kind: z.literal("arrive"), buyers: z.number(), durationMs: z.number() }),
  /** Asks for the answers since the last slice. */
  z.object({ kind: z.literal("slice") }),
  z.object({ kind: z.literal("beginWindow") }),
  z.object({ kind: z.literal("endWindow") }),
  z.object({ kind: z.literal("stop") }),
]);
export type BuyersRequest = z.infer<typeof requestKinds>;

export const requestSchema = z.object({ id: z.number(), request: requestKinds });

export const answerSchema = z.object({
  id: z.number(),
  value: z.unknown(),
  /** The reason why the request failed. */
  error: z.string().optional(),
});

export const openedSchema = z.object({ queueId: z.string(), performanceId: z.number() });

const countsSchema = z.object({ arrived: z.number(), bought: z.number(), failed: z.number() });

export const sliceSchema = z.object({
  traffic: buyersTrafficSchema,
  /** The 99th percentile of the event-loop delay of the buyers' process, ms. */
  loopDelayMs: z.number(),
  counts: countsSchema,
});
export type BuyersSlice = z.infer<typeof sliceSchema>;

export const stoppedSchema = z.object({
  counts: countsSchema,
  acknowledged: z.object({
    reservationIds: z.array(z.number()),
    paymentIds: z.array(z.number()),
    chargedByUser: z.map(z.number(), z.number()),
  }),
});
