import { z } from "zod";
import type { NewSeat } from "../ports/catalogStore.ts";
import { AMOUNT_MAX } from "../shared/points.ts";
import { LENGTH_MAX } from "./requireText.ts";

/** More than any stadium needs: the largest has about 130,000 seats. */
export const SEATS_PER_PERFORMANCE_MAX = 200_000;

const LABEL = /^[\p{L}\p{N}]+$/u;
const RANGE = /^(\d{1,6})-(\d{1,6})$/;

/** A text of the catalog: 1 to `max` characters, not only spaces. */
export function catalogText(name: keyof typeof LENGTH_MAX) {
  const max = LENGTH_MAX[name];
  return z
    .string()
    .refine(
      (text) => text.trim() !== "" && text.isWellFormed() && [...text].length <= max,
      `must be a text of 1 to ${max} characters, not only spaces`,
    );
}

/** The seats of a row: "1-20,22,24A". A number n means the seats 1 to n. */
const rowSeatsSchema = z
  .union([z.int().min(1).max(SEATS_PER_PERFORMANCE_MAX), z.string()])
  .superRefine((seats, context) => {
    const mistake = typeof seats === "number" ? undefined : seatsMistake(seats);
    if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake });
  });

/** A part of the hall whose seats have one price. */
export const sectionSchema = z.strictObject({
  name: catalogText("section"),
  price: z.int().min(1).max(AMOUNT_MAX),
  /** Comes before the seat numbers when two sections have a row of the same name: "Floor ". */
  prefix: z.string().max(LENGTH_MAX.seatNo).optional(),
  /** The seats of each row, by the name of the row. */
  rows: z
    .record(z.string().min(1, "a row has a name"), rowSeatsSchema)
    .refine((rows) => Object.keys(rows).length > 0, "must have at least one row"),
});

export type Section = z.infer<typeof sectionSchema>;

/** The sections of one performance; no two seats have the same number. */
export const sectionsSchema = z
  .array(sectionSchema)
  .min(1, "a performance has at least one section")
  .superRefine((sections, context) => {
    const first = new Map<string, string>();
    const wrongRows = new Map<string, WrongRow>();
    for (const { seatNo, path } of seatNumbers(sections)) {
      const place = path.join(".");
      const key = seatNo.toLowerCase();
      const isLong = [...seatNo].length > LENGTH_MAX.seatNo;
      const twin = first.get(key);
      if (isLong || twin !== undefined) {
        const rule = isLong ? "long" : `twin of ${twin}`;
        const known = wrongRows.get(`${place} ${rule}`);
        const seatCount = (known?.seatCount ?? 0) + 1;
        const row = known ?? { path, seatNo, twin: isLong ? undefined : twin };
        wrongRows.set(`${place} ${rule}`, { ...row, seatCount });
      }
      if (twin === undefined) first.set(key, place);
    }
    for (const row of wrongRows.values()) {
      context.addIssue({ code: "custom", path: [...row.path], message: wrongRowText(row) });
    }
    if (first.size > SEATS_PER_PERFORMANCE_MAX) {
      const message = `a performance has at most ${SEATS_PER_PERFORMANCE_MAX} seats`;
      context.addIssue({ code: "custom", path: [], message });
    }
  });

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
  for (const { seatNo, section } of seatNumbers(sections)) {
    seats.push({ seatNo, section: section.name, price: section.price });
  }
  return seats;
}

/** Counts the seats without making them. */
export function seatCountOf(sections: readonly Section[]): number {
  let count = 0;
  for (const { rows } of sections) {
    for (const seats of Object.values(rows)) count += labelsOf(seats).length;
  }
  return count;
}

function* seatNumbers(sections: readonly Section[]) {
  for (const [index, section] of sections.entries()) {
    for (const [row, seats] of Object.entries(section.rows)) {
      const path = [index, "rows", row] as const;
      for (const label of labelsOf(seats)) {
        yield { seatNo: `${section.prefix ?? ""}${row}-${label}`, section, path };
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

function numbers(from: number, until: number): string[] {
  return Array.from({ length: until - from + 1 }, (_unused, index) => String(from + index));
}

function seatsMistake(seats: string): string | undefined {
  let count = 0;
  for (const part of seats.split(",").map((one) => one.trim())) {
    const [, from, until] = RANGE.exec(part) ?? [];
    if (from === undefined && !LABEL.test(part)) {
      return `"${part}" is not a seat or a range of seats, such as 12, 12A or 1-20`;
    }
    if (Number(from) > Number(until)) return `the range "${part}" ends before it begins`;
    count += from === undefined ? 1 : Number(until) - Number(from) + 1;
  }
  if (count <= SEATS_PER_PERFORMANCE_MAX) return undefined;
  return `a performance has at most ${SEATS_PER_PERFORMANCE_MAX} seats`;
}
