import { type Colour, paint } from "./paint.ts";
import { textWidth, wrapText } from "./textWidth.ts";
import { visible } from "./visible.ts";

/** A coloured cell. */
export interface Painted {
  readonly text: string;
  readonly colour: Colour;
}

/** A plain cell may contain a stored text: its control characters become visible. */
export type Cell = string | Painted;

/** Width of a terminal that does not say how wide it is. */
const COLUMNS_DEFAULT = 80;
const GAP = "  ";
/** Text in a narrower column cannot be read. */
const COLUMN_WIDTH_MIN = 8;

/** An id that people copy whole: a UUID, with a prefix or without. */
const ID = /^\S*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A cell without a value. */
const NO_ID = /^-?$/;

/** A cell whose text is coloured. */
export function painted(colour: Colour, text: string): Painted {
  return { text, colour };
}

/**
 * Draws a table that fits the terminal. Columns are separated by two spaces without lines, so that
 * grep works on the output. When the table is too wide, ids get a line of their own below their
 * row, because a wrapped id cannot be copied; then the widest columns are wrapped.
 * @param width columns of the terminal
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width = terminalWidth(),
): string {
  const apart = idsApart(head, rows, width);
  const kept = head.map((_name, at) => at).filter((at) => !apart.includes(at));
  const pick = (row: readonly Cell[], columns: readonly number[]) =>
    columns.map((at) => row[at] ?? "");
  const widths = widthsOf(
    [head, ...rows].map((row) => pick(row, kept)),
    width,
  );
  return [head, ...rows]
    .flatMap((row) => [
      ...drawRow(pick(row, kept), widths),
      ...(apart.length === 0 ? [] : [`${GAP}${pick(row, apart).map(textOf).join(GAP)}`]),
    ])
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The columns of ids that do not fit beside the others. */
function idsApart(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly number[] {
  const natural = head.map((_name, at) =>
    Math.max(...[head, ...rows].map((row) => widest(textOf(row[at] ?? "")))),
  );
  const apart: number[] = [];
  for (const at of head.keys()) {
    const beside = natural.filter((_width, other) => !apart.includes(other));
    const total = beside.reduce((sum, one) => sum + one + GAP.length, -GAP.length);
    if (total <= width) break;
    const cells = rows.map((row) => textOf(row[at] ?? ""));
    const isOfIds = cells.some((cell) => ID.test(cell));
    if (isOfIds && cells.every((cell) => ID.test(cell) || NO_ID.test(cell))) apart.push(at);
  }
  return apart;
}

/** The width of each column. */
function widthsOf(rows: readonly (readonly Cell[])[], width: number): readonly number[] {
  const columns = rows[0] ?? [];
  const lines = rows.map((row) => row.map(textOf));
  const natural = columns.map((_cell, at) =>
    Math.max(...lines.map((line) => widest(line[at] ?? ""))),
  );
  const words = columns.map((_cell, at) =>
    Math.max(...lines.flatMap((line) => (line[at] ?? "").split(/\s+/).map(textWidth))),
  );
  return fitted(natural, words, width - GAP.length * (columns.length - 1));
}

/** Returns the width of the terminal: COLUMNS, else the width of stdout, else 80. */
export function terminalWidth(env: NodeJS.ProcessEnv = process.env): number {
  const given = Number(env.COLUMNS);
  if (Number.isInteger(given) && given > 0) return given;
  return process.stdout.columns ?? COLUMNS_DEFAULT;
}

/**
 * Narrows the widest columns until the sum fits. Columns of sentences are narrowed first, down to
 * their longest word, so that names and numbers stay whole as long as possible.
 */
function fitted(
  natural: readonly number[],
  words: readonly number[],
  width: number,
): readonly number[] {
  const whole = natural.map((one, at) => Math.min(one, Math.max(COLUMN_WIDTH_MIN, words[at] ?? 0)));
  return narrowed(narrowed(natural, whole, width), whole.map(atMostMin), width);
}

const atMostMin = (width: number): number => Math.min(width, COLUMN_WIDTH_MIN);

/** Takes columns from the widest one that is wider than its minimum, until the sum fits. */
function narrowed(
  from: readonly number[],
  minimum: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...from];
  const slack = (at: number): number => (widths[at] ?? 0) - (minimum[at] ?? 0);
  for (let excess = widths.reduce((sum, one) => sum + one, 0) - width; excess > 0; excess -= 1) {
    const candidates = widths.map((one, at) => (slack(at) > 0 ? one : 0));
    const most = Math.max(...candidates);
    if (most === 0) break;
    widths[candidates.indexOf(most)] = most - 1;
  }
  return widths;
}

/** Draws one row, which has several lines when a cell is wrapped. */
function drawRow(row: readonly Cell[], widths: readonly number[]): string[] {
  const cells = widths.map((width, at) => wrapText(textOf(row[at] ?? ""), width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_unused, line) =>
    widths
      .map((width, at) => {
        const text = cells[at]?.[line] ?? "";
        const padding = " ".repeat(Math.max(0, width - textWidth(text)));
        return `${coloured(row[at] ?? "", text)}${padding}`;
      })
      .join(GAP),
  );
}

const textOf = (cell: Cell): string => visible(typeof cell === "string" ? cell : cell.text, true);

const coloured = (cell: Cell, text: string): string =>
  typeof cell === "string" || text === "" ? text : paint(cell.colour, text);

const widest = (text: string): number => Math.max(...text.split("\n").map(textWidth));
