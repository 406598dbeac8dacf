import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { concertMistakes, fieldCountIn } from "@onsale/core";
import { load, YAMLException } from "js-yaml";
import { CliError, EXIT } from "../cliError.ts";
import { type FileMistake, fileMistakesError } from "./fileMistake.ts";
import { readSeatsFile } from "./readSeatsFile.ts";

/** A file of 200,000 seats, one a line, has about 5 MB, and 25 MB with the longest names. */
const SEATS_BYTES_MAX = 32 * 1024 * 1024;
/** A plan names whole rows of seats: a concert of 1,000 rows has about 20 kB. */
const PLAN_BYTES_MAX = 4 * 1024 * 1024;
/** More aliases than a concert has performances and sections; each costs little by itself. */
const ALIASES_MAX = 1000;
/**
 * Maximum number of values after each alias is replaced by what it names: a few lines of aliases of
 * aliases name billions of values. A plan of a million seats has about 200,000 values.
 */
const VALUES_MAX = 200_000;

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
  const plan = parsePlan(file, await textOf(file, PLAN_BYTES_MAX));
  let mistakes: readonly FileMistake[] = [];
  const withoutSeats = new Set<string>();
  const performances = kind === "performance" ? [plan] : listOf(plan.performances);
  for (const [index, performance] of performances.entries()) {
    if (!isMapping(performance)) continue;
    const prefix = kind === "performance" ? "" : `performances.${index}.`;
    const found = await withSeatsFile(file, performance, prefix);
    if (found.length > 0) withoutSeats.add(`${prefix}sections`);
    mistakes = mistakes.concat(found);
  }
  const ofPlan = concertMistakes(plan, kind).map(
    ({ path, reason }): FileMistake => ({ file, path: path.join("."), reason }),
  );
  // A mistake in a seats file also makes the sections of its performance invalid. Only the mistake
  // in the seats file is shown, because it has the line.
  const isOfSeats = ({ path = "" }: FileMistake): boolean =>
    [...withoutSeats].some((sections) => path === sections || path.startsWith(`${sections}.`));
  const other = ofPlan.filter((mistake) => !isOfSeats(mistake));
  const all = [...mistakes, ...other];
  if (all.length > 0) throw fileMistakesError(file, all);
  return plan;
}

function parsePlan(file: string, text: string): Mapping {
  try {
    const plan: unknown = extname(file) === ".json" ? JSON.parse(text) : parseYaml(file, text);
    if (extname(file) === ".json" && fieldCountIn(text) !== fieldCountOf(plan)) {
      const reason = "an object has a field twice; write each field once";
      throw fileMistakesError(file, [{ file, path: "", reason }]);
    }
    if (isMapping(plan)) return plan;
    throw fileMistakesError(file, [{ file, line: 1, reason: "the file has no fields" }]);
  } catch (error) {
    if (error instanceof YAMLException) {
      if (error.reason.startsWith("aliases exceeded")) {
        throw tooLargeError(file, `it has more than ${ALIASES_MAX} aliases`);
      }
      const line = (error.mark?.line ?? 0) + 1;
      throw fileMistakesError(file, [{ file, line, reason: error.reason }]);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw fileMistakesError(file, [{ file, path: "", reason: error.message }]);
  }
}

/** Counts the fields of all objects of a parsed JSON document, however deep it is. */
function fieldCountOf(root: unknown): number {
  const open: unknown[] = [root];
  let count = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const parts = Object.values(value);
    if (!Array.isArray(value)) count += parts.length;
    for (const part of parts) open.push(part);
  }
  return count;
}

/** @throws CliError when aliases make the plan too large, YAMLException for a syntax error */
function parseYaml(file: string, text: string): unknown {
  const plan = load(text, { maxAliases: ALIASES_MAX });
  if (valueCountOf(plan, new Map()) <= VALUES_MAX) return plan;
  throw tooLargeError(file, `its aliases stand for more than ${VALUES_MAX} values`);
}

/**
 * Counts the values of a tree whose aliases are references to one object. Counts each object once,
 * and multiplies: the time depends on the length of the file only. An object that contains itself
 * has infinitely many values.
 */
function valueCountOf(value: unknown, counts: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return 1;
  const known = counts.get(value);
  if (known !== undefined) return known;
  counts.set(value, Number.POSITIVE_INFINITY);
  const count = Object.values(value).reduce<number>(
    (sum, part) => sum + valueCountOf(part, counts),
    1,
  );
  counts.set(value, count);
  return count;
}

function tooLargeError(file: string, reason: string): CliError {
  return new CliError("FILE_TOO_LARGE", `${resolve(file)} is too large: ${reason}`, {
    exitCode: EXIT.usage,
    next:
      "Split the plan: `onsale performance add` adds performances to a concert. Nothing was " +
      "written.",
  });
}

/**
 * Replaces `seatsFile` by the sections of that file.
 * @param prefix the path of the performance in the plan, up to the names of its fields
 * @returns the mistakes of that file
 */
async function withSeatsFile(
  file: string,
  performance: Mapping,
  prefix: string,
): Promise<readonly FileMistake[]> {
  const { seatsFile } = performance;
  if (typeof seatsFile !== "string") return [];
  if ("sections" in performance) {
    const reason = "has sections or a seatsFile, not both";
    return [{ file, path: `${prefix}seatsFile`, reason }];
  }
  delete performance.seatsFile;
  try {
    const text = await textOf(resolve(dirname(file), seatsFile), SEATS_BYTES_MAX);
    const { sections, mistakes } = readSeatsFile(seatsFile, text);
    performance.sections = sections;
    return mistakes;
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "FILE_UNREADABLE") throw error;
    return [{ file, path: `${prefix}seatsFile`, reason: error.message }];
  }
}

/** @throws CliError when the file cannot be read, or is too large */
async function textOf(file: string, bytesMax: number): Promise<string> {
  try {
    const bytes = await readAtMost(file, bytesMax);
    if (bytes === undefined) throw tooLargeError(file, `it has more than ${bytesMax} bytes`);
    // Composed, so that the names of rows and sections are compared in one form.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).normalize("NFC");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("FILE_UNREADABLE", `${resolve(file)} cannot be read: ${reason}`, {
      exitCode: EXIT.usage,
      next: "Check the path and the rights of the file; it is a text in UTF-8.",
    });
  }
}

/** Reads a file, also one without an end, such as a device. Undefined when it has more bytes. */
async function readAtMost(file: string, bytesMax: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of createReadStream(file)) {
    assert(Buffer.isBuffer(part));
    parts.push(part);
    length += part.length;
    if (length > bytesMax) return undefined;
  }
  return Buffer.concat(parts);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
