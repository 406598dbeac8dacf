import { posix } from "node:path";
import { relativePaths } from "./compiledText.ts";

/** The files of a package: texts by their path in the package, such as `dist/index.js`. */
export type PackageFiles = ReadonlyMap<string, string>;

export interface Reached {
  readonly files: ReadonlySet<string>;
  /** References to files that do not exist. */
  readonly missing: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Follows the references of the entries through the package. A declaration leads to declarations,
 * and code leads to code and data.
 */
export function reachedFiles(files: PackageFiles, entries: readonly string[]): Reached {
  const reached = new Set<string>();
  const missing: { from: string; to: string }[] = [];
  const open = entries.map((to) => ({ from: "package.json", to: posix.normalize(to) }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { to } = next;
    if (reached.has(to)) continue;
    const text = files.get(to);
    if (text === undefined) {
      missing.push(next);
      continue;
    }
    reached.add(to);
    for (const path of referencesOf(to, text)) open.push({ from: to, to: path });
  }
  return { files: reached, missing };
}

function referencesOf(file: string, text: string): readonly string[] {
  if (!/\.[jt]s$/.test(file)) return [];
  const isDeclaration = file.endsWith(".d.ts");
  return relativePaths(text).map((path) => {
    const to = posix.join(posix.dirname(file), path);
    return isDeclaration ? to.replace(/\.js$/, ".d.ts") : to;
  });
}
