import { z } from "zod";
import { seatsPerBuyerSchema } from "../../catalog/concertPlan.ts";
import { requireDetails } from "../../catalog/createConcert.ts";
import { PerformanceNotFoundError } from "../../catalog/errors.ts";
import { catalogText } from "../../catalog/seatPlan.ts";
import type { PerformanceDetails } from "../../ports/catalogStore.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { timeSchema } from "../../shared/storableTime.ts";
import { timeZoneSchema, utcOffsetMinutesAt } from "../../shared/venueTime.ts";
import { operation } from "../operation.ts";
import { detailsOf, requireFuture, requirePerformance } from "./performanceFacts.ts";

const changesSchema = z
  .strictObject({
    startsAt: timeSchema,
    venue: catalogText("venue"),
    timeZone: timeZoneSchema,
    /** null: from the creation on. */
    saleOpensAt: timeSchema.nullable(),
    /** null: without an end. */
    saleClosesAt: timeSchema.nullable(),
    /** null: `SEATS_PER_BUYER_MAX`. */
    seatsPerBuyerMax: seatsPerBuyerSchema.nullable(),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, "must have at least one change");

const inputSchema = z.strictObject({ performanceId: z.int().min(1), changes: changesSchema });
type Input = z.infer<typeof inputSchema>;
type Details = ReturnType<typeof detailsOf>;

/** Changes start, venue, time zone, sale window or limit of a buyer's seats of a performance. */
export const editPerformanceOperation = operation<Input>({
  name: "performance.edit",
  summary: "Change start, venue, time zone, sale window or limit per buyer of a performance",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ performanceId }) => `performance:${performanceId}`,

  async plan(core, { performanceId, changes }) {
    const before = detailsOf(await requirePerformance(core, performanceId));
    const after = merged(before, changes);
    requireDetails(toDetails(after));
    if (changes.startsAt !== undefined) requireFuture(core, changes.startsAt);
    requireSaleBeforeStart(changes, after);
    const sample = Object.entries(before).flatMap(([name, value]) => {
      const next = Object.entries(after).find(([other]) => other === name)?.[1] ?? null;
      return value === next ? [] : [`${name}: ${value ?? "none"} -> ${next ?? "none"}`];
    });
    const { saleClosesAt } = changes;
    const endsNow = saleClosesAt && Date.parse(saleClosesAt) <= core.clock.nowMs();
    const notes = [
      "Unpaid holds and paid reservations stay",
      ...(after.startsAt < before.startsAt ? [HOLDS_AT_START] : []),
      ...(endsNow ? ["The sale ends immediately: the time of its end has passed"] : []),
    ];
    return { facts: before, count: sample.length, unit: "detail", sample, notes };
  },

  state: async (core, { performanceId }) =>
    detailsOf(await requirePerformance(core, performanceId)),

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { performanceId, changes }, facts }) {
      const present = await core.catalog.lockPerformance(tx, performanceId);
      if (!present) throw new PerformanceNotFoundError(performanceId);
      const after = merged(detailsOf(present), changes);
      await core.catalog.updatePerformance(tx, performanceId, toDetails(after));
      const changed = Object.entries(after).filter(([name, value]) => facts[name] !== value).length;
      return { checkpoint: {}, changed, isDone: true };
    },
  },

  async verify(core, { performanceId, changes }) {
    const now = detailsOf(await requirePerformance(core, performanceId));
    const wanted = merged(now, changes);
    return [
      {
        claim: `performance ${performanceId} has the new details`,
        holds: JSON.stringify(now) === JSON.stringify(wanted),
        read: Object.values(now)
          .map((value) => value ?? "none")
          .join(", "),
      },
    ];
  },

  inverse: ({ performanceId, changes }, before) => ({
    operation: "performance.edit",
    input: {
      performanceId,
      changes: Object.fromEntries(Object.keys(changes).map((name) => [name, before[name]])),
    },
  }),
});

const HOLDS_AT_START = "Unpaid holds can be paid until the new start, also those that end later";

/**
 * Checks only times that change, so that another detail of an older performance can be corrected.
 * @throws InvalidInputError
 */
function requireSaleBeforeStart(changes: Input["changes"], after: Details): void {
  const changed = (["saleOpensAt", "startsAt"] as const).find((name) => changes[name] != null);
  const { saleOpensAt, startsAt } = after;
  if (changed === undefined || saleOpensAt === null || saleOpensAt < startsAt) return;
  throw new InvalidInputError(
    `the sale opens at ${saleOpensAt}, which must be before the performance starts, ${startsAt}`,
    { field: `changes.${changed}`, saleOpensAt, startsAt },
  );
}

/**
 * The details with the changes; times are in UTC. The store computes the offset anew with each
 * change, so it differs too when the start moves, or when the rules of the zone have changed since.
 */
function merged(details: Details, changes: Input["changes"]): Details {
  const { startsAt = details.startsAt, venue = details.venue } = changes;
  const { saleOpensAt = details.saleOpensAt, saleClosesAt = details.saleClosesAt } = changes;
  const { seatsPerBuyerMax = details.seatsPerBuyerMax, timeZone = details.timeZone } = changes;
  const utc = (time: string | null) => (time === null ? null : new Date(time).toISOString());
  return {
    startsAt: new Date(startsAt).toISOString(),
    venue,
    timeZone,
    utcOffsetMinutes: utcOffsetMinutesAt(timeZone, new Date(startsAt)),
    saleOpensAt: utc(saleOpensAt),
    saleClosesAt: utc(saleClosesAt),
    seatsPerBuyerMax,
  };
}

function toDetails(details: Details): PerformanceDetails {
  const { startsAt, venue, timeZone, saleOpensAt, saleClosesAt, seatsPerBuyerMax } = details;
  return {
    startsAt: new Date(startsAt),
    venue,
    timeZone,
    seatsPerBuyerMax: seatsPerBuyerMax ?? undefined,
    saleOpensAt: saleOpensAt === null ? undefined : new Date(saleOpensAt),
    saleClosesAt: saleClosesAt === null ? undefined : new Date(saleClosesAt),
  };
}
