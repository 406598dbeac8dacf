import { readFile } from "node:fs/promises";
import type { PlantedFault } from "./plantedFault.ts";

const PAGE = new URL("../../../../../docs/develop/MUTANTS.md", import.meta.url);
/** The cells of a row behind the first seed: mean, longest, bound, and the end of the row. */
const CELLS_BEHIND = 4;

/**
 * Reads from docs/develop/MUTANTS.md the first seed that detected each fault when it was measured.
 * A later change of the product can move this seed.
 */
export async function measuredSeeds(
  faults: readonly PlantedFault[],
): Promise<ReadonlyMap<PlantedFault, number>> {
  const page = await readFile(PAGE, "utf8");
  const rows = page.slice(page.indexOf("<!-- caught -->"), page.indexOf("<!-- end of caught -->"));
  const seeds = new Map<PlantedFault, number>();
  for (const row of rows.split("\n")) {
    const fault = faults.find(({ name, plants }) => row.startsWith(`| ${name}: ${plants}`));
    const seed = Number(row.split("|").at(-CELLS_BEHIND - 1));
    if (fault && seed > 0) seeds.set(fault, seed);
  }
  return seeds;
}
