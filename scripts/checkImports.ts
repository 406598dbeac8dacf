/** Checks which files and packages import each other. Run by `pnpm check:imports`. */
import { join } from "node:path";
import { checkCore } from "./checks/coreRules.ts";
import { report } from "./checks/finding.ts";
import { findCycles } from "./checks/importCycles.ts";
import { importsOf } from "./checks/importsOf.ts";
import { checkPackages } from "./checks/packageRules.ts";
import { withParsedProject } from "./checks/parsedProject.ts";

process.exitCode = withParsedProject(join(import.meta.dirname, ".."), (files) => {
  const arrows = files.flatMap(importsOf);
  const findings = arrows.flatMap((arrow) => [...checkPackages(arrow), ...checkCore(arrow)]);
  return report("checkImports", [...findings, ...findCycles(arrows)], files.length);
});
