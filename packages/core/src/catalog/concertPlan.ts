import { z } from "zod";
import { QUEUE_ID } from "../queue/knownQueues.ts";
import { queueSettingsSchema } from "../queue/queueSettingsSchema.ts";
import { ruleText } from "../shared/ruleText.ts";
import { isStorableTime, STORABLE_YEARS, timeSchema } from "../shared/storableTime.ts";
import {
  DEFAULT_TIME_ZONE,
  isStorableAtVenue,
  timeZoneMistake,
  timeZoneSchema,
} from "../shared/venueTime.ts";
import { catalogText, seatMistakes, sectionsSchema } from "./seatPlan.ts";

const saleSchema = z
  .strictObject({ opensAt: timeSchema.optional(), closesAt: timeSchema.optional() })
  .refine(({ opensAt, closesAt }) => !opensAt || !closesAt || isBefore(opensAt, closesAt), {
    path: ["closesAt"],
    message: "must be after opensAt",
  })
  .meta({ id: "SaleTimes" });

/** Maximum of every limit on a buyer's seats: the same as of `SEATS_PER_BUYER_MAX`. */
const SEATS_PER_BUYER_MAX = 1_000;

/** How many seats of a performance a buyer may have, unpaid and paid seats together. */
export const seatsPerBuyerSchema = z.int().min(1).max(SEATS_PER_BUYER_MAX);

/** A performance whose seats are not checked yet. */
const performanceSchema = z
  .strictObject({
    startsAt: timeSchema,
    venue: catalogText("venue"),
    /** The IANA name of the venue's time zone. Default: UTC. */
    timeZone: timeZoneSchema.optional(),
    /** When seats can be held. Default: from the creation to the start of the performance. */
    sale: saleSchema.optional(),
    /** How many seats a buyer may have. Default: `SEATS_PER_BUYER_MAX`. */
    seatsPerBuyerMax: seatsPerBuyerSchema.optional(),
    sections: sectionsSchema,
  })
  .refine(({ startsAt, sale }) => !sale?.opensAt || isBefore(sale.opensAt, startsAt), {
    path: ["sale", "opensAt"],
    message: "must be before startsAt",
  })
  .refine(({ startsAt, timeZone }) => isDateAtVenue(startsAt, timeZone), {
    path: ["startsAt"],
    message: `must be in ${STORABLE_YEARS} at the venue`,
  })
  .meta({ id: "NewPerformance" });

/** A performance with its seats, as an operator writes it. */
export const newPerformanceSchema = performanceSchema.superRefine(({ sections }, context) => {
  for (const mistake of seatMistakes([{ sections, path: ["sections"] }])) {
    context.addIssue({ code: "custom", ...mistake });
  }
});

export type NewPerformancePlan = z.infer<typeof newPerformanceSchema>;

/** A concert with its waiting room and its performances, as an operator writes it. */
export const newConcertSchema = z.strictObject({
  title: catalogText("title"),
  singer: catalogText("singer"),
  queue: z
    .strictObject({
      id: z.string().regex(QUEUE_ID, "must be 1 to 64 of A-Z a-z 0-9 _ . -"),
      /** Settings of a new queue; those that are left out have their defaults. */
      settings: queueSettingsSchema.partial().meta({ id: "QueueSettings" }).optional(),
    })
    .meta({ id: "NewQueue" })
    .optional(),
  performances: z
    .array(performanceSchema)
    .min(1, "a concert has at least one performance")
    .superRefine((performances, context) => {
      const halls = performances.map(({ sections }, index) => ({
        ...{ sections, path: [index, "sections"] },
      }));
      for (const mistake of seatMistakes(halls)) context.addIssue({ code: "custom", ...mistake });
    }),
});

export type NewConcertPlan = z.infer<typeof newConcertSchema>;

/** One rule that a plan of a concert breaks. */
export interface PlanMistake {
  /** Names and positions from the outside to the value, such as performances, 0, venue. */
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

/** Lists every mistake of a plan; an empty list for a plan without mistakes. */
export function concertMistakes(
  plan: unknown,
  kind: "concert" | "performance",
): readonly PlanMistake[] {
  const schema = kind === "concert" ? newConcertSchema : newPerformanceSchema;
  const { error } = schema.safeParse(plan);
  return (error?.issues ?? []).map((issue) => ({
    path: issue.path.map((part) => (typeof part === "symbol" ? part.toString() : part)),
    reason: ruleText(issue),
  }));
}

/** True also for a time or a zone that has a rule of its own, which refuses it. */
function isDateAtVenue(text: string, timeZone = DEFAULT_TIME_ZONE): boolean {
  const startsAt = new Date(text);
  if (timeZoneMistake(timeZone) !== undefined || !isStorableTime(startsAt)) return true;
  return isStorableAtVenue(startsAt, timeZone);
}

const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);
