import { readFileSync, statSync } from "node:fs";
import { listSettings } from "./listSettings.ts";

/*
 * Secrets from files
 *
 * Platforms mount secrets as files, because other processes and crash reports can show an
 * environment. For each secret setting and each certificate, a variable with `_FILE` at its end
 * names a file whose text is the value. The file is read once, at the start.
 */

const SUFFIX = "_FILE";

/** Many times the size of a bundle of certificates. */
const FILE_BYTES_MAX = 1024 * 1024;

/** The variables that name files, each with the variable of its setting. */
export function fileVariables(): ReadonlyMap<string, string> {
  const settings = listSettings().filter(({ file }) => file === true);
  return new Map(settings.map(({ variable }) => [`${variable}${SUFFIX}`, variable]));
}

/** The given variables with the texts of the files, and one line for each file without a text. */
export function withFileTexts(given: NodeJS.ProcessEnv): {
  readonly env: NodeJS.ProcessEnv;
  readonly problems: readonly string[];
} {
  const env = { ...given };
  const problems: string[] = [];
  for (const [name, variable] of fileVariables()) {
    const path = given[name];
    if (path === undefined) continue;
    if (given[variable] !== undefined) {
      problems.push(`${name}: ${variable} is set too; leave one of them out`);
      continue;
    }
    const read = textOf(path);
    if ("problem" in read) problems.push(`${name}: ${read.problem}`);
    else env[variable] = read.text;
  }
  return { env, problems };
}

function textOf(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    // A pipe would block the start until a program writes to it.
    const stats = statSync(path);
    if (!stats.isFile()) return { problem: "names no file" };
    if (stats.size > FILE_BYTES_MAX) return { problem: "names a file of more than 1 MiB" };
    const text = readFileSync(path, "utf8")
      .replace(/^\uFEFF/, "")
      .trim();
    return text === "" ? { problem: "names an empty file" } : { text };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return { problem: `names a file that cannot be read (${code})` };
  }
}
