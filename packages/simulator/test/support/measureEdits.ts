/**
 * Makes each generated edit of the stores' SQL, runs the conformance cases and the seeds against
 * it, and writes the table of docs/develop/MUTANTS.md. Takes a quarter of an hour on free cores.
 *   node packages/simulator/test/support/measureEdits.ts [--seeds 200] [--threads 2]
 *     [--results FILE]
 * With --results it writes each result to the file immediately, and a later call with the same file
 * continues from there. Delete the file after a change of the code.
 */
import assert from "node:assert/strict";
import { appendFileSync, existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { z } from "zod";
import { editedSql } from "./mutants/editedSql.ts";
import { type EditResults, tableOfEdits } from "./mutants/editTable.ts";
import { failingCase } from "./mutants/failingCase.ts";
import { type GeneratedEdit, generatedEdits } from "./mutants/generatedEdits.ts";
import { EditGroups, editsOf } from "./mutants/tryEdits.ts";
import { firstSighting } from "./mutants/tryMutant.ts";
import { unseenEdits } from "./mutants/unseenEdits.ts";

// A broken product rejects promises that no case waits for any more.
process.on("unhandledRejection", () => {});

const PAGE = new URL("../../../../docs/develop/MUTANTS.md", import.meta.url);
const MARKS = ["<!-- generated -->", "<!-- end of generated -->"] as const;

const checks = z.array(z.string());
/** A line of the file of results. */
const lineSchema = z.union([
  z.object({ seed: z.int(), seen: z.record(z.string(), checks) }),
  z.object({ edit: z.string(), failingCase: z.string().nullable() }),
  z.object({ guarded: z.string(), seen: z.string().nullable() }),
]);
type Line = z.infer<typeof lineSchema>;

const shareSchema = z.object({
  seeds: z.array(z.int()),
  /** Names of the edits that an earlier seed has detected. */
  seen: z.array(z.string()),
  guarded: z.array(z.string()),
  max: z.int(),
});
type Share = z.infer<typeof shareSchema>;

const all = generatedEdits();

function editNamed(name: string): GeneratedEdit {
  const edit = all.find((one) => one.name === name);
  assert(edit, `there is no edit "${name}"`);
  return edit;
}

/** Tries an edit and its guards together. @returns the first seed that detects them */
async function seenWithGuards(name: string, max: number): Promise<string | null> {
  const guards = unseenEdits.get(name)?.guards ?? [];
  const edits = editsOf([name, ...guards].map(editNamed));
  const sighting = await firstSighting(() => editedSql(edits), { fromSeed: 1, toSeed: max });
  return sighting ? `seed ${sighting.seed} (${sighting.checks.join(", ")})` : null;
}

async function runShare(data: unknown): Promise<void> {
  const { seeds, seen: seenBefore, guarded, max } = shareSchema.parse(data);
  Error.stackTraceLimit = 0;
  const open = all.filter(({ name }) => !seenBefore.includes(name));
  const groups = new EditGroups(open, unseenEdits);
  for (const seed of seeds) {
    const seen = [...(await groups.run(seed))].map(([{ name }, by]) => [name, by] as const);
    parentPort?.postMessage({ seed, seen: Object.fromEntries(seen) });
  }
  for (const name of guarded) {
    parentPort?.postMessage({ guarded: name, seen: await seenWithGuards(name, max) });
  }
}

function runInThread(share: Share, onLine: (line: Line) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", (line) => onLine(lineSchema.parse(line)));
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}

/** The lines of an earlier call. */
async function readLines(file: string): Promise<Line[]> {
  if (file === "" || !existsSync(file)) return [];
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => lineSchema.parse(JSON.parse(line)));
}

function resultsOf(lines: readonly Line[]): EditResults {
  const seenIn = new Map<string, { seed: number; checks: readonly string[] }>();
  const failingCases = new Map<string, string>();
  const withGuards = new Map<string, string | null>();
  for (const line of lines) {
    if ("guarded" in line) withGuards.set(line.guarded, line.seen);
    else if ("edit" in line) line.failingCase && failingCases.set(line.edit, line.failingCase);
    else {
      for (const [name, by] of Object.entries(line.seen)) {
        const first = seenIn.get(name)?.seed ?? Number.POSITIVE_INFINITY;
        if (line.seed < first) seenIn.set(name, { seed: line.seed, checks: by });
      }
    }
  }
  return { seenIn, failingCases, withGuards };
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
      results: { type: "string", default: "" },
    },
  });
  const max = Number(values.seeds);
  const lines = await readLines(values.results);
  const onLine = (line: Line): void => {
    lines.push(line);
    const text = `${JSON.stringify(line)}\n`;
    process.stdout.write(text);
    if (values.results !== "") appendFileSync(values.results, text);
  };

  const tried = new Set(lines.flatMap((line) => ("edit" in line ? line.edit : [])));
  for (const edit of all.filter(({ name }) => !tried.has(name))) {
    onLine({ edit: edit.name, failingCase: (await failingCase(editsOf([edit]))) ?? null });
  }
  const ran = new Set(lines.flatMap((line) => ("seed" in line ? line.seed : [])));
  const left = Array.from({ length: max }, (_none, at) => at + 1).filter((seed) => !ran.has(seed));
  const [firstLeft = max] = left;
  const seen = [...resultsOf(lines).seenIn].filter(([, { seed }]) => seed < firstLeft);
  const work = { seeds: left, seen: seen.map(([name]) => name), guarded: [], max };
  await runThreads(Number(values.threads), work, onLine);
  const { seenIn, withGuards } = resultsOf(lines);
  const guarded = [...unseenEdits]
    .filter(([name, { guards }]) => guards && !seenIn.has(name) && !withGuards.has(name))
    .map(([name]) => name);
  await runThreads(Number(values.threads), { ...work, seeds: [], guarded }, onLine);
  await writePage(tableOfEdits(all, resultsOf(lines), max));
}

/** Shares the work among threads. */
async function runThreads(
  threads: number,
  work: Share,
  onLine: (line: Line) => void,
): Promise<void> {
  const shares = Array.from({ length: threads }, (_none, share) => {
    const part = <T>(list: readonly T[]): T[] => list.filter((_one, at) => at % threads === share);
    return { ...work, seeds: part(work.seeds), guarded: part(work.guarded) };
  });
  await Promise.all(shares.map((share) => runInThread(share, onLine)));
}

await (isMainThread ? main() : runShare(workerData));
