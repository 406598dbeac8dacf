import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { type Colour, paint } from "./paint.ts";
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

/** A cell whose text is coloured. */
export function painted(colour: Colour, text: string): Painted {
  return { text, colour };
}

/**
 * Draws a table that fits the terminal. Columns are separated by two spaces without lines, so that
 * grep works on the output. When the table is too wide, its widest columns are wrapped.
 * @param width columns of the terminal
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width = terminalWidth(),
): string {
  const lines = [head, ...rows].map((row) => head.map((_name, at) => textOf(row[at] ?? "")));
  const natural = head.map((_name, at) => Math.max(...lines.map((line) => widest(line[at] ?? ""))));
  const widths = fitted(natural, width - GAP.length * (head.length - 1));
  return [head, ...rows]
    .flatMap((row) => drawRow(row, widths))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Columns of the terminal: of COLUMNS, of stdout, or 80. */
export function terminalWidth(env: NodeJS.ProcessEnv = process.env): number {
  const given = Number(env.COLUMNS);
  if (Number.isInteger(given) && given > 0) return given;
  return process.stdout.columns ?? COLUMNS_DEFAULT;
}

/** Narrows the widest columns until the sum fits, or until no column can be narrower. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const sum = () => widths.reduce((total, one) => total + one, 0);
  while (sum() > width) {
    const most = Math.max(...widths);
    if (most <= COLUMN_WIDTH_MIN) break;
    widths[widths.indexOf(most)] = most - 1;
  }
  return widths;
}

/** Draws one row, which has several lines when a cell is wrapped. */
function drawRow(row: readonly Cell[], widths: readonly number[]): string[] {
  const cells = widths.map((width, at) =>
    wrapAnsi(textOf(row[at] ?? ""), width, { hard: true }).split("\n"),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_unused, line) =>
    widths
      .map((width, at) => {
        const text = cells[at]?.[line] ?? "";
        const padding = " ".repeat(Math.max(0, width - stringWidth(text)));
        return `${coloured(row[at] ?? "", text)}${padding}`;
      })
      .join(GAP),
  );
}

const textOf = (cell: Cell): string => visible(typeof cell === "string" ? cell : cell.text, true);

const coloured = (cell: Cell, text: string): string =>
  typeof cell === "string" || text === "" ? text : paint(cell.colour, text);

const widest = (text: string): number =>
  Math.max(...text.split("\n").map((line) => stringWidth(line)));
