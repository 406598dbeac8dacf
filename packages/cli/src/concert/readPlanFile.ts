import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { concertMistakes } from "@onsale/core";
import { load, YAMLException } from "js-yaml";
import { CliError, EXIT } from "../cliError.ts";
import { type FileMistake, fileMistakesError } from "./fileMistake.ts";
import { readSeatsFile } from "./readSeatsFile.ts";

/** A file of 200,000 seats, one a line, has about 5 MB. */
const BYTES_MAX = 64 * 1024 * 1024;

type Mapping = Record<string, unknown>;

/**
 * Reads a concert or a performance from a YAML or JSON file. `seatsFile` of a performance is the
 * path of a CSV file, relative to the folder of the YAML or JSON file. The seats in the CSV file
 * become the sections of the performance.
 * @throws CliError with every mistake and its place
 */
export async function readPlanFile(
  file: string,
  kind: "concert" | "performance",
): Promise<Mapping> {
  const plan = parsePlan(file, await textOf(file));
  let mistakes: readonly FileMistake[] = [];
  const performances = kind === "performance" ? [plan] : listOf(plan.performances);
  for (const performance of performances) {
    if (isMapping(performance)) {
      mistakes = mistakes.concat(await withSeatsFile(file, performance));
    }
  }
  const ofPlan = concertMistakes(plan, kind).map(
    ({ path, reason }): FileMistake => ({ file, path: path.join("."), reason }),
  );
  // A mistake in a seats file also makes the sections of the plan invalid. Only the mistake in the
  // seats file is shown, because it has the line.
  const other = ofPlan.filter(({ path = "" }) => mistakes.length === 0 || !/sections/.test(path));
  const all = [...mistakes, ...other];
  if (all.length > 0) throw fileMistakesError(file, all);
  return plan;
}

function parsePlan(file: string, text: string): Mapping {
  try {
    const plan: unknown = extname(file) === ".json" ? JSON.parse(text) : load(text);
    if (isMapping(plan)) return plan;
    throw fileMistakesError(file, [{ file, line: 1, reason: "the file has no fields" }]);
  } catch (error) {
    if (error instanceof YAMLException) {
      const line = (error.mark?.line ?? 0) + 1;
      throw fileMistakesError(file, [{ file, line, reason: error.reason }]);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw fileMistakesError(file, [{ file, path: "", reason: error.message }]);
  }
}

/** Replaces `seatsFile` by the sections of that file. @returns the mistakes of that file */
async function withSeatsFile(file: string, performance: Mapping): Promise<readonly FileMistake[]> {
  const { seatsFile } = performance;
  if (typeof seatsFile !== "string") return [];
  if ("sections" in performance) {
    const reason = "has sections or a seatsFile, not both";
    return [{ file, path: "seatsFile", reason }];
  }
  const text = await textOf(resolve(dirname(file), seatsFile));
  const { sections, mistakes } = readSeatsFile(seatsFile, text);
  delete performance.seatsFile;
  performance.sections = sections;
  return mistakes;
}

/** @throws CliError when the file cannot be read */
async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= BYTES_MAX) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    throw new Error(`it has more than ${BYTES_MAX} bytes`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("FILE_UNREADABLE", `${resolve(file)} cannot be read: ${reason}`, {
      exitCode: EXIT.usage,
      next: "Check the path and the rights of the file; it is a text in UTF-8.",
    });
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
