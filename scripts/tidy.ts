/** Checks rules that the compiler and the linter do not know. Run by `pnpm check:tidy`. */
import { join } from "node:path";
import { type Finding, report } from "./checks/finding.ts";
import { checkLinks } from "./checks/linkRules.ts";
import { checkLogCalls } from "./checks/logRules.ts";
import { withParsedProject } from "./checks/parsedProject.ts";
import { listedPaths, readSourceFiles } from "./checks/sourceFiles.ts";
import { checkTables } from "./checks/tableRules.ts";
import { checkName, checkText } from "./checks/textRules.ts";
import { checkTree } from "./checks/treeRules.ts";
import { checkWords } from "./checks/wordRules.ts";

const rootDir = join(import.meta.dirname, "..");
const sources = readSourceFiles(rootDir);
const findings: Finding[] = sources.flatMap((source) => [
  ...checkText(source),
  ...checkName(source),
  ...checkWords(source),
  ...checkTables(source),
]);
findings.push(...checkLinks(sources, listedPaths(rootDir)));
findings.push(
  ...withParsedProject(rootDir, (files) =>
    files.flatMap((file) => [...checkTree(file), ...checkLogCalls(file)]),
  ),
);
process.exitCode = report("tidy", findings, sources.length);
