import { z } from "zod";
import { LENGTH_MAX } from "../../catalog/requireText.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { SeatRow } from "../../ports/seatStore.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { requirePerformance } from "../catalog/performanceFacts.ts";
import type { Facts } from "../operation.ts";

/** One operation changes these seats in one transaction, and its plan names them. */
const SEATS_MAX = 1_000;

const labels = (max: number) =>
  z.array(z.string().normalize("NFC").min(1).max(max)).min(1).max(SEATS_MAX);

/** Seats of a performance: by their numbers, or all seats of sections, of rows, or of both. */
export const seatSelectionSchema = z
  .strictObject({
    performanceId: z.int().min(1),
    seats: labels(LENGTH_MAX.seatNo).optional(),
    sections: labels(LENGTH_MAX.section).optional(),
    rows: labels(LENGTH_MAX.row).optional(),
  })
  .refine(({ seats, sections, rows }) => (seats === undefined) !== (!sections && !rows), {
    path: ["seats"],
    message: "must name seats, or sections or rows, and not both",
  });

export type SeatSelection = z.infer<typeof seatSelectionSchema>;

/**
 * Finds the selected seats, ordered by seat id.
 * @throws PerformanceNotFoundError
 * @throws InvalidInputError when a name has no seat, or too many seats are selected
 */
export async function selectSeats(
  core: CoreContext,
  tx: TxOrNone,
  { performanceId, ...names }: SeatSelection,
): Promise<readonly SeatRow[]> {
  await requirePerformance(core, performanceId, tx);
  const all = await core.seats.ofPerformance(tx, performanceId);
  const seats = wanted(all, "seatNo", names.seats);
  const inSections = wanted(all, "section", names.sections);
  const inRows = wanted(all, "row", names.rows);
  const found = all.filter((seat) => seats.has(seat) && inSections.has(seat) && inRows.has(seat));
  if (found.length === 0) throw new InvalidInputError("No seat is in these rows of these sections");
  if (found.length > SEATS_MAX) {
    throw new InvalidInputError(`One operation changes at most ${SEATS_MAX} seats; name fewer`, {
      given: found.length,
    });
  }
  return found;
}

/** The seats with one of the values; all seats when no value is given. */
function wanted(
  seats: readonly SeatRow[],
  field: "seatNo" | "section" | "row",
  values: readonly string[] | undefined,
): ReadonlySet<SeatRow> {
  if (values === undefined) return new Set(seats);
  const found = Map.groupBy(seats, (seat) => seat[field]);
  const missing = values.filter((value) => !found.has(value));
  if (missing.length > 0) {
    const name = { seatNo: "seat", section: "section", row: "row" }[field];
    throw new InvalidInputError(`The performance has no ${name} ${missing.join(", ")}`, {
      field: { seatNo: "seats", section: "sections", row: "rows" }[field],
      missing,
    });
  }
  return new Set(values.flatMap((value) => found.get(value) ?? []));
}

/** The numbers of seats as a fact: a number may contain any character. */
export const numbersFact = (seats: readonly { readonly seatNo: string }[]): string =>
  JSON.stringify(seats.map(({ seatNo }) => seatNo));

/** The numbers of seats in a fact of a plan. */
export const numbersIn = ({ seats }: Facts): readonly string[] =>
  z.array(z.string()).parse(JSON.parse(String(seats)));

export const idsOf = (seats: readonly SeatRow[]): readonly number[] => seats.map(({ id }) => id);
