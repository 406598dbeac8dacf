import type { Evidence } from "@onsale/core";
import { INVARIANTS, type InvariantId } from "@onsale/core";
import type { EvidenceBench } from "./evidenceBench.ts";
import type { History } from "./evidenceRows.ts";

/** How long after its end a hold may still be in the way. */
const HOLD_BOUND_MS = 60 * 60 * 1000;

/** What was found for each invariant. */
export type Findings = ReadonlyMap<InvariantId, Evidence>;

/** Plants the rows and asks every question. */
export async function askAll(
  bench: EvidenceBench,
  { rows, told }: Pick<History, "rows" | "told">,
  { drained = true }: { drained?: boolean } = {},
): Promise<Findings> {
  await bench.plant(rows);
  const inputs = { acknowledged: told, drained, holdBoundMs: HOLD_BOUND_MS };
  const findings = new Map<InvariantId, Evidence>();
  for (const { id, ask } of INVARIANTS) findings.set(id, await ask(bench.evidence, inputs));
  return findings;
}

/** All violations as lines. */
export function violationsIn(findings: Findings): string[] {
  return [...findings].flatMap(([id, { violations }]) =>
    violations.map(({ message, ids }) => `${id} ${message} ${JSON.stringify(ids)}`),
  );
}

/** How many rows each question looked at. */
export function examinedIn(findings: Findings): Record<string, number> {
  return Object.fromEntries([...findings].map(([id, { examined }]) => [id, examined]));
}
