import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { SourceText } from "./finding.ts";

/** Files that are not checked, because tools generate them or because they are data. */
const excluded = [/^pnpm-lock\.yaml$/, /^patches\//, /(^|\/)generated\//, /^LICENSE$/];
const textEndings = /\.(ts|js|mjs|lua|sql|md|json|ya?ml|xml|html|css|sh)$/;

/** Reads the files of the work tree that git tracks or would track. */
export function readSourceFiles(rootDir: string): SourceText[] {
  const sources: SourceText[] = [];
  for (const path of listedFiles(rootDir)) {
    const isText = textEndings.test(path) || isScript(path);
    const isOurs = !excluded.some((pattern) => pattern.test(path));
    if (isText && isOurs) {
      sources.push({ path, text: readFileSync(join(rootDir, path), "utf8") });
    }
  }
  return sources;
}

/** Lists every file and folder of the work tree that git tracks or would track. */
export function listedPaths(rootDir: string): ReadonlySet<string> {
  const paths = new Set(["."]);
  for (const file of listedFiles(rootDir)) {
    for (let path = file; path !== "."; path = posix.dirname(path)) paths.add(path);
  }
  return paths;
}

function listedFiles(rootDir: string): readonly string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", args, { cwd: rootDir, encoding: "utf8" });
  // A file that is tracked but deleted is left out.
  return [...new Set(listed.split("\0"))].filter(
    (path) => path !== "" && existsSync(join(rootDir, path)),
  );
}

/**
 * Tests whether the file is a shell script. Shell scripts have no file extension in this
 * repository.
 */
export function isScript(path: string): boolean {
  return /^(scripts|\.ci)\/([A-Za-z0-9]+|hooks\/[a-z-]+)$/.test(path);
}
