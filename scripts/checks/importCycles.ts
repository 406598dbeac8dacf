import type { Finding } from "./finding.ts";
import type { ImportArrow } from "./importsOf.ts";

/** Finds import cycles. Each cycle is reported once, at the file where the search found it. */
export function findCycles(arrows: readonly ImportArrow[]): Finding[] {
  const targets = new Map<string, ImportArrow[]>();
  for (const arrow of arrows) {
    if (!arrow.isFile) continue;
    const known = targets.get(arrow.from);
    if (known === undefined) targets.set(arrow.from, [arrow]);
    else known.push(arrow);
  }
  const findings: Finding[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    trail.push(path);
    for (const arrow of targets.get(path) ?? []) {
      const at = trail.indexOf(arrow.to);
      if (at >= 0) findings.push(describeCycle(arrow, trail.slice(at)));
      else if (!finished.has(arrow.to)) visit(arrow.to);
    }
    trail.pop();
    finished.add(path);
  };
  for (const path of [...targets.keys()].sort()) if (!finished.has(path)) visit(path);
  return findings;
}

function describeCycle(arrow: ImportArrow, cycle: readonly string[]): Finding {
  const route = [...cycle, arrow.to].join(" -> ");
  const advice = `${route}; move what both need into a file below both`;
  return { path: arrow.from, line: arrow.line, rule: "import-cycle", advice };
}
