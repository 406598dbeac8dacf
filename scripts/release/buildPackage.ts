import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compiledText, importedNames } from "./compiledText.ts";
import { entriesOf, type PackedPackage, packageNameOf, typesNameOf } from "./packageRules.ts";
import { compiledPath, packedManifest } from "./packedManifest.ts";
import { type PackageFiles, reachedFiles } from "./reachedFiles.ts";
import {
  COPIED_FILES,
  type CopiedFiles,
  EXTRA_FILES,
  type ReleasedPackage,
} from "./releasedPackages.ts";

/** A sign that a declaration needs the types of Node. */
const NODE_TYPES = /"node:|\bNodeJS\./;
/** The project chooses the version of its Node. */
const NODE_TYPES_RANGE = ">=22";

export interface BuildInput {
  readonly rootDir: string;
  /** The folder of the compiled sources of this package. */
  readonly compiledDir: string;
  readonly version: string;
  /** Names of the dependencies that the workspace patches. */
  readonly patched: readonly string[];
}

/**
 * Makes the files of a package in memory: the compiled files that its entries reach, the data files
 * of its sources, and its package.json.
 */
export function buildPackage(source: ReleasedPackage, input: BuildInput): PackedPackage {
  const { manifest } = source;
  const compiled = new Map([
    ...textsIn(input.compiledDir, "dist", (file) => /\.[jt]s$/.test(file)),
    ...textsIn(join(source.folder, "bin"), "bin", () => true),
  ]);
  const data = textsIn(join(source.folder, "src"), "dist", (file) => !file.endsWith(".ts"));
  const everything = new Map([...[...compiled].map(compiledEntry), ...data]);
  const copied = COPIED_FILES[manifest.name];
  const bundled = input.patched.filter((name) => name in (manifest.dependencies ?? {}));
  const own = { manifest, version: input.version, bundled, copied: copied?.dependency };
  const draft = packedManifest({ ...own, typePackages: {}, files: [] });
  const { files: reached } = reachedFiles(
    new Map([...everything, ["package.json", ""]]),
    entriesOf(draft, everything),
  );
  const code = [...everything].filter(([path]) => reached.has(path) || data.has(path));
  const files = new Map([
    ...code,
    ...documentsOf(source, input.rootDir),
    ...(copied === undefined ? [] : copiesOf(copied, source.folder)),
  ]);
  const packed = packedManifest({
    ...own,
    typePackages: typePackagesOf(files, manifest.devDependencies ?? {}),
    files: [...new Set([...files.keys()].map((path) => path.split("/", 1)[0] ?? path))].sort(),
  });
  const text = `${JSON.stringify(packed, null, 2)}\n`;
  return { manifest: packed, files: new Map([...files, ["package.json", text]]) };
}

/** In `bin`, files name the sources beside them. */
function compiledEntry([path, text]: readonly [string, string]): [string, string] {
  const renamed = compiledText(text);
  return [path, path.startsWith("bin/") ? renamed.replaceAll('"../src/', '"../dist/') : renamed];
}

function documentsOf({ folder, manifest }: ReleasedPackage, rootDir: string): PackageFiles {
  const documents = { LICENSE: "LICENSE", ...EXTRA_FILES[manifest.name] };
  const texts = Object.entries(documents).map(([name, path]): [string, string] => {
    const text = readFileSync(join(rootDir, path), "utf8");
    return [name, name === "oclif.manifest.json" ? packedCommands(text) : text];
  });
  const readme = join(folder, "README.md");
  if (existsSync(readme)) texts.push(["README.md", readFileSync(readme, "utf8")]);
  return new Map(texts);
}

function copiesOf({ dependency, folder, files }: CopiedFiles, packageFolder: string): PackageFiles {
  const from = join(packageFolder, "node_modules", dependency);
  return new Map(
    files.map((name) => [`${folder}/${name}`, readFileSync(join(from, name), "utf8")] as const),
  );
}

/** The manifest of the commands names the file of each command as a list of folders. */
export function packedCommands(text: string): string {
  return text.replace(/"relativePath":(\[[^\]]*\])/g, (_, list: string) => {
    const path: string = JSON.parse(list).join("/");
    return `"relativePath":${JSON.stringify(compiledPath(path).split("/"))}`;
  });
}

/** Packages of types that the declarations need and the checkout has as development tools. */
function typePackagesOf(
  files: PackageFiles,
  devDependencies: Readonly<Record<string, string>>,
): Record<string, string> {
  const declarations = [...files].filter(([path]) => path.endsWith(".d.ts"));
  const names = declarations.flatMap(([, text]) => importedNames(text).map(packageNameOf));
  const types = names.map(typesNameOf).filter((name) => name in devDependencies);
  const packages = Object.fromEntries(types.map((name) => [name, devDependencies[name] ?? "*"]));
  const usesNode = declarations.some(([, text]) => NODE_TYPES.test(text));
  return usesNode ? { ...packages, "@types/node": NODE_TYPES_RANGE } : packages;
}

/** The files below a folder, by their paths below `prefix`. */
function textsIn(
  folder: string,
  prefix: string,
  isWanted: (file: string) => boolean,
): Map<string, string> {
  const texts = new Map<string, string>();
  if (!existsSync(folder)) return texts;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isWanted(entry.name)) continue;
    texts.set(
      `${prefix}${path.slice(folder.length).replaceAll("\\", "/")}`,
      readFileSync(path, "utf8"),
    );
  }
  return texts;
}
