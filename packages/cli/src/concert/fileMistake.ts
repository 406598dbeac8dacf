import { CliError, EXIT } from "../cliError.ts";

/** A mistake in a file of an operator, with its place. */
export interface FileMistake {
  readonly file: string;
  /** Line of a CSV file, or of a syntax error. */
  readonly line?: number | undefined;
  /** Names and positions in a YAML or JSON file: performances.0.venue. */
  readonly path?: string | undefined;
  readonly reason: string;
}

/** Maximum number of mistakes that one error shows; more would only fill the terminal. */
const SHOWN_MAX = 100;

/** "seats.csv:12: the row is empty" */
export function mistakeText({ file, line, path, reason }: FileMistake): string {
  const place =
    line === undefined ? `${file}: ${path === "" ? "the file" : path}` : `${file}:${line}`;
  return `${place}: ${reason}`;
}

/** The error of a file with mistakes. Nothing was written. */
export function fileMistakesError(file: string, mistakes: readonly FileMistake[]): CliError {
  const shown = mistakes.slice(0, SHOWN_MAX).map(mistakeText);
  const rest = mistakes.length - shown.length;
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  const lines = [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `  ${line}`);
  return new CliError("FILE_INVALID", `${file} has ${count}:\n${lines.join("\n")}`, {
    exitCode: EXIT.usage,
    next: "Correct the places above, then run the same command again. Nothing was written.",
  });
}
