import { hiddenMistake } from "@onsale/core";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { FileMistake } from "./fileMistake.ts";

/** Seats of one section and price, with the seats of each row: "1,2,3". */
export interface FileSection {
  readonly name: string;
  readonly price: number;
  /** True for seats of guests who need an accessible one. */
  readonly accessible?: true;
  readonly rows: Readonly<Record<string, string>>;
}

const COLUMNS = ["section", "row", "seat", "price"] as const;
/** A column that may be left out. */
const ACCESSIBLE = "accessible";

const recordSchema = z.array(
  z.object({
    record: z.record(z.string(), z.string()),
    info: z.object({ lines: z.int() }),
  }),
);
const LABEL = /^[\p{L}\p{N}]+$/u;
const YES_OR_NO = /^(yes|no)?$/i;
const PRICE = /^(0|[1-9]\d{0,9})$/;

/**
 * Reads a CSV file of seats with the columns section, row, seat and price, one seat a line. A
 * column "accessible" has yes for seats of guests who need an accessible one, and no or nothing
 * elsewhere.
 * @returns the sections, and every mistake with its line
 */
export function readSeatsFile(
  file: string,
  text: string,
): { readonly sections: readonly FileSection[]; readonly mistakes: readonly FileMistake[] } {
  let records: z.infer<typeof recordSchema>;
  try {
    const parsed: unknown = parse(text, {
      ...{ bom: true, info: true, trim: true, skip_empty_lines: true, columns: columnsOf },
    });
    records = recordSchema.parse(parsed);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = "lines" in error && typeof error.lines === "number" ? error.lines : 1;
    return { sections: [], mistakes: [{ file, line, reason: error.message }] };
  }
  const mistakes: FileMistake[] = [];
  const lineOfSeat = new Map<string, number>();
  const sections = new Map<string, SectionDraft>();
  for (const { record, info } of records) {
    const { section = "", row = "", seat = "", price = "", accessible = "" } = record;
    const twin = lineOfSeat.get(`${section}\n${row}\n${seat}`);
    const reason = lineMistake({ section, row, seat, price, accessible }, twin);
    lineOfSeat.set(`${section}\n${row}\n${seat}`, info.lines);
    if (reason !== undefined) mistakes.push({ file, line: info.lines, reason });
    const isAccessible = accessible.toLowerCase() === "yes";
    const key = `${section}\n${price}\n${isAccessible}`;
    const known = sections.get(key) ?? {
      ...{ name: section, price: Number(price), isAccessible, rows: new Map<string, string[]>() },
    };
    sections.set(key, known);
    const seats = known.rows.get(row) ?? [];
    known.rows.set(row, seats);
    seats.push(seat);
  }
  if (records.length === 0) mistakes.push({ file, line: 1, reason: "the file has no seat" });
  const made = [...sections.values()].map(({ name, price, isAccessible, rows }) => ({
    ...{ name, price, ...(isAccessible ? { accessible: true as const } : {}) },
    rows: Object.fromEntries([...rows].map(([row, seats]) => [row, compact(seats)])),
  }));
  return { sections: made, mistakes };
}

/** A section that is being read. */
interface SectionDraft {
  readonly name: string;
  readonly price: number;
  readonly isAccessible: boolean;
  readonly rows: Map<string, string[]>;
}

/** @throws Error when the first line is not the expected header */
function columnsOf(header: string[]): string[] {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((name) => !names.includes(name));
  const known: readonly string[] = [...COLUMNS, ACCESSIBLE];
  const unknown = names.filter((name) => !known.includes(name));
  const isEachOnce = new Set(names).size === names.length;
  if (missing.length === 0 && unknown.length === 0 && isEachOnce) return names;
  throw new Error(
    `the first line names the columns ${COLUMNS.join(",")}, and ${ACCESSIBLE} when some seats ` +
      `are, not ${names.join(",")}`,
  );
}

function lineMistake(
  line: Readonly<Record<(typeof COLUMNS)[number] | typeof ACCESSIBLE, string>>,
  twinLine: number | undefined,
): string | undefined {
  const { section, row, seat, price, accessible } = line;
  if (section === "") return "the section is empty";
  if (row === "") return "the row is empty";
  for (const [name, text] of Object.entries({ section, row, seat })) {
    const hidden = hiddenMistake(text);
    if (hidden !== undefined) return `the ${name} ${hidden}`;
  }
  if (!LABEL.test(seat)) return `"${seat}" is not a seat; a seat has letters and digits only`;
  if (!PRICE.test(price)) return `"${price}" is not a price; a price is a whole number of points`;
  if (!YES_OR_NO.test(accessible)) return `"${accessible}" is neither yes nor no`;
  return twinLine === undefined ? undefined : `the same seat is on line ${twinLine}`;
}

/** Shortens numbers that follow each other to a range: 1, 2, 3, 5A gives "1-3,5A". */
function compact(seats: readonly string[]): string {
  const parts: string[] = [];
  let run: { first: number; last: number } | undefined;
  const endRun = () => {
    if (run) parts.push(run.first === run.last ? `${run.first}` : `${run.first}-${run.last}`);
    run = undefined;
  };
  for (const seat of seats) {
    const number = /^[1-9]\d{0,5}$/.test(seat) ? Number(seat) : undefined;
    if (run && number === run.last + 1) {
      run = { first: run.first, last: number };
      continue;
    }
    endRun();
    if (number === undefined) parts.push(seat);
    else run = { first: number, last: number };
  }
  endRun();
  return parts.join(",");
}
