import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The public helper module of k6, which most scripts import from the network. */
const REMOTE_HELPERS = /(["'])https:\/\/jslib\.k6\.io\/k6-utils\/[^"']+\1/g;
const RELATIVE_IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.\.?\/[^"']+)\2/g;
/** The scripts of the checkout. They are no part of a package, and neither is this study. */
const SCRIPTS_LIB = fileURLToPath(new URL("../../../../../scripts/k6/lib", import.meta.url));
const LOCAL_HELPERS = join(SCRIPTS_LIB, "k6Utils.ts");

/**
 * Runs the work with a copy of the script that downloads nothing: the helper module of k6 comes
 * from this checkout. A script without that import is used as it is.
 */
export async function withLocalScript<T>(
  script: string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const text = await readFile(script, "utf8");
  if (text.search(REMOTE_HELPERS) < 0) return work(script);
  const folder = await mkdtemp(join(tmpdir(), "onsale-k6-"));
  try {
    const copy = join(folder, `script${extname(script) || ".js"}`);
    await writeFile(copy, withLocalImports(text, dirname(resolve(script))));
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The script with the local helper module, and with its own modules by absolute path. */
export function withLocalImports(text: string, folder: string): string {
  return text
    .replace(REMOTE_HELPERS, JSON.stringify(pathToFileURL(LOCAL_HELPERS).href))
    .replace(RELATIVE_IMPORT, (_match, before: string, _quote: string, path: string) => {
      return before + JSON.stringify(pathToFileURL(resolve(folder, path)).href);
    });
}
