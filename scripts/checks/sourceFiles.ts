import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceText } from "./finding.ts";

/** Written by tools, or data: not ours to format. */
const excluded = [/^pnpm-lock\.yaml$/, /^patches\//, /(^|\/)generated\//, /^LICENSE$/];
const textEndings = /\.(ts|js|mjs|lua|sql|md|json|ya?ml|xml|html|css|sh)$/;

/** Files of the work tree that git tracks or would track, as text. */
export function readSourceFiles(rootDir: string): SourceText[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", args, { cwd: rootDir, encoding: "utf8" });
  const sources: SourceText[] = [];
  for (const path of new Set(listed.split("\0"))) {
    const isText = textEndings.test(path) || isScript(path);
    const isOurs = path !== "" && !excluded.some((pattern) => pattern.test(path));
    // A file can be tracked and deleted at the same time.
    if (isText && isOurs && existsSync(join(rootDir, path))) {
      sources.push({ path, text: readFileSync(join(rootDir, path), "utf8") });
    }
  }
  return sources;
}

/** Shell scripts have no ending here. */
export function isScript(path: string): boolean {
  return /^(scripts|\.ci)\/[A-Za-z]+$/.test(path);
}
