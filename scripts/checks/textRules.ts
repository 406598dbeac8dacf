import type { Finding, SourceText } from "./finding.ts";

const LINE_LENGTH_MAX = 100;
const FILE_LINES_MAX = 300;

const isMarkdown = (path: string): boolean => path.endsWith(".md");
const isCode = (path: string): boolean =>
  /\.(ts|js|mjs|lua|sql|sh)$/.test(path) || !/\./.test(path);
/** Tests whether the file explains the forbidden words. Such a file may contain them. */
const speaksOfRules = (path: string): boolean =>
  path.startsWith("scripts/checks/") || isMarkdown(path);

/** Marks of unfinished or disabled work, with the advice for each. */
const forbiddenMarks = [
  { pattern: /\b(TODO|FIXME|XXX)\b/, advice: "finish it, or write down why it is as it is" },
  { pattern: /@ts-(ignore|expect-error|nocheck)\b/, advice: "give the compiler the true type" },
  { pattern: /\b(describe|context|it|test)\.only\(/, advice: "run the other tests as well" },
  { pattern: /\b(describe|context|it|test)\.skip\(/, advice: "fix the test or remove it" },
  { pattern: /\bas any\b/, advice: "narrow with a type guard or a schema" },
];

/** Checks the rules that need only the text: the form of lines and files, and forbidden marks. */
export function checkText({ path, text }: SourceText): Finding[] {
  const findings: Finding[] = [];
  const add = (line: number, rule: string, advice: string): void =>
    void findings.push({ path, line, rule, advice });
  const lines = text.split("\n");
  if (lines.at(-1) !== "") add(lines.length, "final-newline", "end the file with a newline");
  else lines.pop();
  if (isCode(path) && lines.length > FILE_LINES_MAX) {
    add(
      lines.length,
      "file-length",
      `${lines.length} lines; split it, ${FILE_LINES_MAX} is the most`,
    );
  }
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.includes("\t")) add(number, "no-tab", "indent with spaces");
    if (/\s$/.test(line)) add(number, "trailing-space", "remove the blanks at the line's end");
    if (isCode(path) && [...line].length > LINE_LENGTH_MAX) {
      add(
        number,
        "line-length",
        `${line.length} characters; break it, ${LINE_LENGTH_MAX} is the most`,
      );
    }
    if (speaksOfRules(path)) continue;
    for (const { pattern, advice } of forbiddenMarks) {
      const mark = pattern.exec(line)?.[0];
      if (mark !== undefined) add(number, "forbidden-mark", `"${mark}": ${advice}`);
    }
  }
  return findings;
}

const camelCase = /^[a-z][a-zA-Z0-9]*(\.test|\.d)?\.[a-z]+$/;
const migration = /^\d{4}-[a-z][a-zA-Z0-9]*\.ts$/;
const luaScript = /^[a-z][a-zA-Z0-9]*-\d+\.lua$/;
const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.ts$/;

/**
 * Checks file names: a code file is named in camelCase after its main export, and a Lua script ends
 * with its number of keys.
 */
export function checkName({ path }: SourceText): Finding[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const rule = "file-name";
  if (name.endsWith(".lua")) {
    const advice = "name it name-<keyCount>.lua";
    return luaScript.test(name) ? [] : [{ path, line: 1, rule, advice }];
  }
  if (!name.endsWith(".ts")) return [];
  const isAllowed =
    camelCase.test(name) ||
    (path.includes("/migrations/") && migration.test(name)) ||
    // The file of a command has the name of the command, in kebab-case.
    (path.startsWith("packages/cli/src/commands/") && kebabCase.test(name));
  const advice = "name it in camelCase after its main export";
  return isAllowed ? [] : [{ path, line: 1, rule, advice }];
}
