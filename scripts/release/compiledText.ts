/**
 * References between compiled files
 *
 * The compiler renames the files that an import statement names. The code also names files in
 * strings, for threads, child processes and commands:
 * `new URL("./seedWorker.ts", import.meta.url)`. So every string that is a relative path of a
 * source file is renamed, and every string that is a relative path of a file counts as a reference.
 * Such a path is relative to the file that has it.
 */

const SOURCE_PATHS = /"(\.{1,2}\/[^"\s]*)\.ts"/g;
const FILE_PATHS = /"(\.{1,2}\/[^"\s]*\.(?:js|json|css|lua))"/g;
const STATEMENTS = /^\s*(?:import|export)\s+(?:[\w$*{},\s]+\s+from\s+)?"([^"]+)"/gm;
const CALLS = /\b(?:import|require|import\.meta\.resolve|require\.resolve)\("([^"]+)"\)/g;

/** Renames the source files that a compiled file names. */
export function compiledText(text: string): string {
  return text.replace(SOURCE_PATHS, '"$1.js"');
}

/** The relative paths of files that a compiled file names. */
export function relativePaths(text: string): readonly string[] {
  return matches(text, FILE_PATHS);
}

/** The specifiers of packages and of Node's modules that a compiled file or declaration imports. */
export function importedNames(text: string): readonly string[] {
  const names = [...matches(text, STATEMENTS), ...matches(text, CALLS)];
  return names.filter((name) => !name.startsWith("."));
}

function matches(text: string, pattern: RegExp): readonly string[] {
  const found = [...text.matchAll(pattern)].flatMap(([, name]) => (name ? [name] : []));
  return [...new Set(found)];
}
