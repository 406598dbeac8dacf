import { z } from "zod";
import type { CoreContext } from "../ports/coreContext.ts";
import type { ShowFields } from "../ports/showFields.ts";
import { venueTime } from "../shared/venueTime.ts";
import { ReservationNotFoundError } from "./errors.ts";

/** The show that a reservation is for, as stored answers have it. */
export const reservedShowSchema = z.object({
  concertId: z.number(),
  performanceId: z.number(),
  title: z.string(),
  singer: z.string(),
  venue: z.string(),
  /** Start of the performance, ISO 8601 with the offset of the venue from UTC. */
  startsAt: z.string(),
  /** The IANA name of the venue's time zone. */
  timeZone: z.string(),
});

export type ReservedShow = Readonly<z.infer<typeof reservedShowSchema>>;

/** Returns what a reservation, or the hold of a seat, is for. */
export function showOf(given: ShowFields): ReservedShow {
  const { concertId, performanceId, title, singer, venue, timeZone, utcOffsetMinutes } = given;
  const { date, time } = venueTime({ startsAt: given.performanceStartsAt, utcOffsetMinutes });
  return { concertId, performanceId, title, singer, venue, startsAt: `${date}T${time}`, timeZone };
}

/**
 * Reads what a reservation is for, which answers of an earlier version of the program do not say.
 * @throws ReservationNotFoundError
 */
export async function reservedShow(
  core: Pick<CoreContext, "reservations">,
  reservationId: number,
): Promise<ReservedShow> {
  const found = await core.reservations.find(null, reservationId);
  if (!found) throw new ReservationNotFoundError(reservationId);
  return showOf(found);
}
