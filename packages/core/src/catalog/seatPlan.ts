import { z } from "zod";
import type { NewSeat } from "../ports/catalogStore.ts";
import { AMOUNT_MAX } from "../shared/points.ts";
import { hiddenMistake, refusing, textMistake } from "../shared/visibleText.ts";
import { LENGTH_MAX } from "./requireText.ts";

/** More than any stadium needs: the largest has about 130,000 seats. */
export const SEATS_PER_PERFORMANCE_MAX = 200_000;

const LABEL = /^[\p{L}\p{N}]+$/u;
const RANGE = /^(\d{1,6})-(\d{1,6})$/;

/**
 * A text of the catalog in composed form: 1 to `max` characters, not only spaces, and no invisible
 * character.
 */
export function catalogText(name: keyof typeof LENGTH_MAX) {
  return z
    .string()
    .normalize("NFC")
    .superRefine(refusing((text) => textMistake(text, LENGTH_MAX[name])))
    .meta({ minLength: 1, maxLength: LENGTH_MAX[name], pattern: "\\S" });
}

/**
 * Maximum number of seats of all performances that are created together. A plan of a few bytes can
 * ask for many seats; checking this number takes about a second.
 */
const SEATS_PER_CONCERT_MAX = 1_000_000;

/** The seats of a row: "1-20,22,24A". A number n means the seats 1 to n. */
const rowSeatsSchema = z
  .union([z.int().min(1).max(SEATS_PER_PERFORMANCE_MAX), z.string().normalize("NFC")])
  .superRefine((seats, context) => {
    const mistake = typeof seats === "number" ? undefined : seatsMistake(seats);
    if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake });
  });

/** A part of the hall whose seats have one price. */
export const sectionSchema = z
  .strictObject({
    name: catalogText("section"),
    /** In points; 0 for seats that are free of charge. */
    price: z.int().min(0).max(AMOUNT_MAX),
    /** Comes before the seat numbers when two sections have a row of the same name: "Floor ". */
    prefix: z
      .string()
      .normalize("NFC")
      .max(LENGTH_MAX.seatNo)
      .superRefine(refusing(hiddenMistake))
      .optional(),
    /** Whether the seats are for guests who need an accessible one. Default: false. */
    accessible: z.boolean().optional(),
    /** The seats of each row, by the name of the row. */
    rows: z
      .record(
        z
          .string()
          .min(1, "a row has a name")
          .meta({ maxLength: LENGTH_MAX.seatNo, pattern: "\\S" }),
        rowSeatsSchema,
      )
      .superRefine((rows, context) => {
        const names = Object.keys(rows);
        if (names.length === 0) {
          context.addIssue({ code: "custom", message: "must have at least one row" });
        }
        for (const name of names) {
          const mistake = textMistake(name.normalize("NFC"), LENGTH_MAX.seatNo);
          if (mistake === undefined) continue;
          const message = `the name of the row ${mistake}`;
          context.addIssue({ code: "custom", path: [name], message });
        }
      })
      .meta({ minProperties: 1 }),
  })
  .meta({ id: "NewSection" });

export type Section = z.infer<typeof sectionSchema>;

/** The sections of one performance. `seatMistakes` checks their seats. */
export const sectionsSchema = z
  .array(sectionSchema)
  .min(1, "a performance has at least one section");

/** A rule that seats break, with its place. */
export interface SeatMistake {
  readonly path: (string | number)[];
  readonly message: string;
}

/**
 * Checks the seats of performances that are created together: their number, and that no two seats
 * of a performance have the same number. Counts all seats before it makes their numbers, so that a
 * short plan of very many seats is refused immediately.
 * @param halls the sections of each performance, with their path
 */
export function seatMistakes(
  halls: readonly { readonly sections: readonly Section[]; readonly path: (string | number)[] }[],
): readonly SeatMistake[] {
  const counted = halls.map((hall) => ({ ...hall, count: seatCountOf(hall.sections) }));
  const large = counted
    .filter(({ count }) => count > SEATS_PER_PERFORMANCE_MAX)
    .map(({ path }) => ({ path, message: TOO_MANY_SEATS }));
  if (large.length > 0) return large;
  if (counted.reduce((sum, { count }) => sum + count, 0) > SEATS_PER_CONCERT_MAX) {
    return [{ path: [], message: TOO_MANY_AT_ONCE }];
  }
  return halls.flatMap(({ sections, path }) =>
    wrongRows(sections).map((row) => ({
      path: [...path, ...row.path],
      message: wrongRowText(row),
    })),
  );
}

const TOO_MANY_AT_ONCE =
  `at most ${SEATS_PER_CONCERT_MAX} seats can be created at once; ` +
  "add other performances later";
const TOO_MANY_SEATS = `a performance has at most ${SEATS_PER_PERFORMANCE_MAX} seats`;

/** The rows with seats whose numbers are too long, or that another seat has. */
function wrongRows(sections: readonly Section[]): readonly WrongRow[] {
  const first = new Map<string, string>();
  const wrong = new Map<string, WrongRow>();
  for (const { seatNo, path } of seatNumbers(sections)) {
    const place = path.join(".");
    const key = seatNo.toLowerCase();
    const isLong = [...seatNo].length > LENGTH_MAX.seatNo;
    const twin = first.get(key);
    if (isLong || twin !== undefined) {
      const rule = isLong ? "long" : `twin of ${twin}`;
      const known = wrong.get(`${place} ${rule}`);
      const seatCount = (known?.seatCount ?? 0) + 1;
      const row = known ?? { path, seatNo, twin: isLong ? undefined : twin };
      wrong.set(`${place} ${rule}`, { ...row, seatCount });
    }
    if (twin === undefined) first.set(key, place);
  }
  return [...wrong.values()];
}

/** A row with seats that break the same rule. */
interface WrongRow {
  readonly path: readonly [number, "rows", string];
  /** The first of these seats. */
  readonly seatNo: string;
  readonly seatCount: number;
  /** The place of the other seats with these numbers; undefined for numbers that are too long. */
  readonly twin: string | undefined;
}

/** One text for a row, because a row that is there twice has hundreds of equal seats. */
function wrongRowText({ path, seatNo, seatCount, twin }: WrongRow): string {
  const more = seatCount === 1 ? "" : ` and ${seatCount - 1} more`;
  if (twin === undefined) {
    return `seat number "${seatNo}"${more}: at most ${LENGTH_MAX.seatNo} characters are possible`;
  }
  if (twin === path.join(".")) return `seat "${seatNo}"${more}: the row names it twice`;
  return `seat "${seatNo}"${more}: also in ${twin}; remove one, or give a section a prefix`;
}

/** The seats of the sections, in the order of the file. */
export function seatsOf(sections: readonly Section[]): NewSeat[] {
  const seats: NewSeat[] = [];
  for (const { seatNo, section, path } of seatNumbers(sections)) {
    const { name, price, accessible = false } = section;
    seats.push({ seatNo, section: name, row: path[2].normalize("NFC"), price, accessible });
  }
  return seats;
}

/** Counts the seats without making them. */
export function seatCountOf(sections: readonly Section[]): number {
  let count = 0;
  for (const { rows } of sections) {
    for (const seats of Object.values(rows)) count += rowCountOf(seats);
  }
  return count;
}

function* seatNumbers(sections: readonly Section[]) {
  for (const [index, section] of sections.entries()) {
    for (const [row, seats] of Object.entries(section.rows)) {
      const path = [index, "rows", row] as const;
      for (const label of labelsOf(seats)) {
        // The names of rows are as they were written. Two rows whose names differ only in their
        // form then have the same seats, which is a mistake of the plan.
        const seatNo = `${section.prefix ?? ""}${row}-${label}`.normalize("NFC");
        yield { seatNo, section, path };
      }
    }
  }
}

/** The labels of the seats of a row: "1-3,5A" gives 1, 2, 3 and 5A. */
function labelsOf(seats: number | string): string[] {
  if (typeof seats === "number") return numbers(1, seats);
  return seats.split(",").flatMap((part) => {
    const [, from, until] = RANGE.exec(part.trim()) ?? [];
    return from === undefined ? [part.trim()] : numbers(Number(from), Number(until));
  });
}

function rowCountOf(seats: number | string): number {
  if (typeof seats === "number") return seats;
  return seats.split(",").reduce((sum, part) => {
    const [, from, until] = RANGE.exec(part.trim()) ?? [];
    return sum + (from === undefined ? 1 : Math.max(0, Number(until) - Number(from) + 1));
  }, 0);
}

function numbers(from: number, until: number): string[] {
  return Array.from({ length: until - from + 1 }, (_unused, index) => String(from + index));
}

function seatsMistake(seats: string): string | undefined {
  for (const part of seats.split(",").map((one) => one.trim())) {
    const [, from, until] = RANGE.exec(part) ?? [];
    const hidden = hiddenMistake(part);
    if (hidden !== undefined) return `a seat ${hidden}`;
    if (from === undefined && !LABEL.test(part)) {
      return `"${part}" is not a seat or a range of seats, such as 12, 12A or 1-20`;
    }
    if (Number(from) > Number(until)) return `the range "${part}" ends before it begins`;
  }
  return rowCountOf(seats) <= SEATS_PER_PERFORMANCE_MAX ? undefined : TOO_MANY_SEATS;
}
