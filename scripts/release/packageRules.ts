import { isBuiltin } from "node:module";
import { importedNames } from "./compiledText.ts";
import type { Manifest } from "./packedManifest.ts";
import { type PackageFiles, reachedFiles } from "./reachedFiles.ts";

/** A package as other projects install it. */
export interface PackedPackage {
  readonly manifest: Manifest;
  /** Without the files of bundled dependencies. */
  readonly files: PackageFiles;
}

const REQUIRED_FILES = ["package.json", "README.md", "LICENSE"];
/** Ranges that only this workspace can resolve. */
const LOCAL_RANGE = /^(workspace|link|file|catalog|portal):/;

/** The files at which the use of a package begins, with the declarations of its exports. */
export function entriesOf({ exports = {}, bin = {}, oclif }: Manifest, files: PackageFiles) {
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  const commands = oclif === undefined ? [] : filesIn(files, oclif.commands);
  const hooks = Object.values(oclif?.hooks ?? {});
  return [...exported, ...Object.values(bin), ...commands, ...hooks];
}

function filesIn(files: PackageFiles, folder: string): readonly string[] {
  const prefix = `${folder.replace(/^\.\//, "")}/`;
  return [...files.keys()].filter((path) => path.startsWith(prefix) && path.endsWith(".js"));
}

/** Checks one package of a release. @returns a sentence for each mistake */
export function packageMistakes(packed: PackedPackage, all: readonly PackedPackage[]): string[] {
  const { manifest, files } = packed;
  const { missing } = reachedFiles(files, entriesOf(manifest, files));
  return [
    ...REQUIRED_FILES.filter((file) => !files.has(file)).map((file) => `${file} is missing`),
    ...missing.map(({ from, to }) => `${from} names ${to}, which is missing`),
    ...[...files.keys()].filter(isSource).map((file) => `${file} is for the checkout only`),
    ...rangeMistakes(manifest, all),
    ...[...files].flatMap(([file, text]) => importMistakes(file, text, manifest, all)),
  ];
}

function isSource(file: string): boolean {
  return (file.endsWith(".ts") && !file.endsWith(".d.ts")) || /(^|\/)test\/|\.test\./.test(file);
}

function rangeMistakes(
  { version, dependencies = {} }: Manifest,
  all: readonly PackedPackage[],
): string[] {
  return Object.entries(dependencies).flatMap(([name, range]) => {
    if (LOCAL_RANGE.test(range)) return [`${name} has the range ${range}`];
    if (!name.startsWith("@onsale/")) return [];
    const isReleased = all.some(({ manifest }) => manifest.name === name);
    if (!isReleased) return [`${name} is not released`];
    return range === version ? [] : [`${name} has the range ${range} instead of ${version}`];
  });
}

function importMistakes(
  file: string,
  text: string,
  manifest: Manifest,
  all: readonly PackedPackage[],
): string[] {
  if (!/\.[jt]s$/.test(file)) return [];
  const dependencies = { ...manifest.optionalDependencies, ...manifest.dependencies };
  return importedNames(text).flatMap((specifier) => {
    if (isBuiltin(specifier)) return [];
    const name = packageNameOf(specifier);
    const isKnown = name in dependencies || name === manifest.name;
    const hasTypes = file.endsWith(".d.ts") && typesNameOf(name) in dependencies;
    if (!isKnown && !hasTypes) return [`${file} imports ${specifier}, which is no dependency`];
    const imported = all.find((one) => one.manifest.name === name);
    const entry = `.${specifier.slice(name.length)}`;
    if (imported === undefined || entry in (imported.manifest.exports ?? {})) return [];
    return [`${file} imports ${specifier}, which ${name} does not export`];
  });
}

/** The package of an import: `@onsale/core` of `@onsale/core/events`. */
export function packageNameOf(specifier: string): string {
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1] ?? specifier;
}

/** The package with the types of a package that has none: `@types/koa__router`. */
export function typesNameOf(name: string): string {
  return `@types/${name.replace(/^@/, "").replace("/", "__")}`;
}
