/**
 * Measures how soon each mutant is caught and writes the tables of docs/develop/MUTANTS.md.
 * Takes minutes:
 *   node packages/simulator/test/support/measureMutants.ts
 * Only the first seeds, with which the tests begin; takes a minute:
 *   node packages/simulator/test/support/measureMutants.ts --first
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type CaughtFault, mutantOf, type PlantedFault } from "./mutants/plantedFault.ts";
import { firstSighting } from "./mutants/tryMutant.ts";
import { HARMLESS_MUTANTS, MUTANTS } from "./mutants.ts";

// Refuses every other argument: `--help` would otherwise start minutes of work.
const { values: flags } = parseArgs({ options: { first: { type: "boolean", default: false } } });

const ROOT = new URL("../../../../", import.meta.url);
const PAGE = new URL("docs/develop/MUTANTS.md", ROOT);
/** Number of independent tries of each mutant. They start `APART` seeds apart. */
const STARTS = 20;
const APART = 1_000;
/** The cells of a row from the first seed on: mean, longest, bound, and the end of the row. */
const CELLS_FROM_FIRST_SEED = 5;
/** Seeds in which a benign mutant must not show. */
const SEEDS = { fromSeed: 1, toSeed: 200 };

/** "[seatStore.ts:14](../../packages/…)" */
async function placeOf({ place: { path, text } }: PlantedFault): Promise<string> {
  const lines = (await readFile(new URL(path, ROOT), "utf8")).split("\n");
  const line = lines.findIndex((each) => each.includes(text)) + 1;
  return `[${path.slice(path.lastIndexOf("/") + 1)}:${line}](../../${path}#L${line})`;
}

function whatOf({ name, plants, circumstances }: PlantedFault): string {
  return `${name}: ${plants}${circumstances ? ` (${circumstances.says})` : ""}`;
}

/** Number of seeds until the mutant is detected, from each starting point. */
async function seedsUntilCaught(mutant: CaughtFault): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const before = start * APART;
    const seeds = { fromSeed: before + 1, toSeed: before + APART, by: mutant.caughtBy[0] };
    const sighting = await firstSighting(() => mutantOf(mutant), seeds);
    counts.push((sighting?.seed ?? before + APART) - before);
  }
  return counts;
}

async function caughtTable(): Promise<string> {
  const lines = [
    "| What is planted | Place | Caught by | First seed | Mean | Longest | Bound |",
    "|---|---|---|---:|---:|---:|---:|",
  ];
  for (const mutant of MUTANTS) {
    const counts = await seedsUntilCaught(mutant);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const figures = [counts[0], mean.toFixed(1), Math.max(...counts), mutant.seedsMax];
    const cells = [whatOf(mutant), await placeOf(mutant), mutant.caughtBy.join(", "), ...figures];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

/** Renews the first seed of every row, and leaves the other cells. */
async function withFirstSeeds(page: string): Promise<string> {
  const lines = page.split("\n");
  for (const mutant of MUTANTS) {
    const at = lines.findIndex((line) => line.startsWith(`| ${whatOf(mutant)} |`));
    const cells = lines[at]?.split("|");
    if (!cells) throw new Error(`MUTANTS.md has no row for ${mutant.name}`);
    const seeds = { fromSeed: 1, toSeed: mutant.seedsMax, by: mutant.caughtBy[0] };
    const sighting = await firstSighting(() => mutantOf(mutant), seeds);
    cells[cells.length - CELLS_FROM_FIRST_SEED] = ` ${sighting?.seed ?? "–"} `;
    lines[at] = cells.join("|");
  }
  return lines.join("\n");
}

async function harmlessTable(): Promise<string> {
  const lines = [
    "| What is planted | Place | Seeds without a violation | Why nothing breaks |",
    "|---|---|---:|---|",
  ];
  for (const fault of HARMLESS_MUTANTS) {
    const sighting = await firstSighting(() => mutantOf(fault), SEEDS);
    const seeds = sighting ? `seed ${sighting.seed} did` : SEEDS.toSeed;
    lines.push(`| ${whatOf(fault)} | ${await placeOf(fault)} | ${seeds} | ${fault.because} |`);
  }
  return lines.join("\n");
}

/** Puts the table between its marks. */
function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`MUTANTS.md has no place for the ${name}`);
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
}

let page = await readFile(PAGE, "utf8");
if (flags.first) page = await withFirstSeeds(page);
else {
  page = withTable(page, "caught", await caughtTable());
  page = withTable(page, "harmless", await harmlessTable());
}
await writeFile(PAGE, page);
