/**
 * Plants each generated edit of the stores' SQL, looks for it seed by seed, and writes the table of
 * docs/develop/MUTANTS.md. Takes long, because an edit that no check sees needs all of its seeds.
 *   node packages/simulator/test/support/measureEdits.ts --seeds 200 --threads 2 [--only seats.]
 * With --only it prints the results and does not change the page.
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { editedSql } from "./mutants/editedSql.ts";
import { generatedEdits } from "./mutants/generatedEdits.ts";
import { firstSighting, type Sighting } from "./mutants/tryMutant.ts";
import { reasonOf } from "./mutants/unseenEdits.ts";

const PAGE = new URL("../../../../docs/develop/MUTANTS.md", import.meta.url);
const MARKS = ["<!-- generated -->", "<!-- end of generated -->"] as const;

interface Result {
  readonly statement: string;
  readonly says: string;
  readonly sighting: Sighting | undefined;
  /** Why the database could not run the statement at all. */
  readonly refusal: string | undefined;
}

interface Share {
  readonly only: string;
  readonly seeds: number;
  readonly share: number;
  readonly shares: number;
}

const wanted = (only: string) =>
  generatedEdits().filter(({ statement }) => statement.startsWith(only));

async function tryEdit(
  { statement, says, edit }: ReturnType<typeof generatedEdits>[number],
  seeds: number,
): Promise<Result> {
  try {
    const plant = () => editedSql({ [statement]: edit });
    const sighting = await firstSighting(plant, { fromSeed: 1, toSeed: seeds });
    return { statement, says, sighting, refusal: undefined };
  } catch (error) {
    return { statement, says, sighting: undefined, refusal: String(error) };
  }
}

async function runShare({ only, seeds, share, shares }: Share): Promise<void> {
  for (const [index, edit] of wanted(only).entries()) {
    if (index % shares === share)
      parentPort?.postMessage({ index, ...(await tryEdit(edit, seeds)) });
  }
}

function runInThread(share: Share, found: Map<number, Result>): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", ({ index, ...result }) => {
      found.set(index, result);
      process.stdout.write(`${lineOf(result)}\n`);
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}

function lineOf({ statement, says, sighting, refusal }: Result): string {
  const seen = sighting ? `seed ${sighting.seed}: ${sighting.checks.join(", ")}` : "not seen";
  return `${statement} ${says} | ${refusal ?? seen}`;
}

function tableOf(results: readonly Result[], seeds: number): string {
  const seen = results.filter(({ sighting }) => sighting).length;
  const rows = results.map(({ statement, says, sighting, refusal }) => {
    const unseen = refusal ? `refused: ${refusal}` : reasonOf(statement, says);
    const how = sighting ? sighting.checks.join(", ") : unseen;
    return `| \`${statement}\` ${says} | ${sighting?.seed ?? "–"} | ${how} |`;
  });
  return [
    `${results.length} edits, ${seen} of them seen within ${seeds} seeds.`,
    "",
    "| Edit | First seed | Seen by, or the mechanism that replaces it |",
    "|---|---:|---|",
    ...rows,
  ].join("\n");
}

async function writePage(table: string): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [from, to] = MARKS.map((mark) => page.indexOf(mark));
  assert(
    from !== undefined && to !== undefined && from >= 0 && to > from,
    "the page has the marks",
  );
  await writeFile(PAGE, `${page.slice(0, from + MARKS[0].length)}\n${table}\n${page.slice(to)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "200" },
      threads: { type: "string", default: "2" },
      only: { type: "string", default: "" },
    },
  });
  const seeds = Number(values.seeds);
  const shares = Number(values.threads);
  const found = new Map<number, Result>();
  await Promise.all(
    Array.from({ length: shares }, (_none, share) =>
      runInThread({ only: values.only, seeds, share, shares }, found),
    ),
  );
  const results = [...found].sort(([a], [b]) => a - b).map(([, result]) => result);
  const table = tableOf(results, seeds);
  if (values.only === "") await writePage(table);
  else process.stdout.write(`${table}\n`);
}

await (isMainThread ? main() : runShare(workerData));
