import type { Node, SourceFile } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";

/** A TypeScript file, parsed by the compiler's own parser. */
export interface ParsedFile {
  /** The path relative to the root, with forward slashes. */
  path: string;
  file: SourceFile;
}

/** Parses the project at `rootDir` (tsconfig.json), and passes its files to `use`. */
export function withParsedProject<T>(rootDir: string, use: (files: ParsedFile[]) => T): T {
  return withApi(new API({ cwd: rootDir }), rootDir, use);
}

/** Like `withParsedProject`, for files that exist only as texts, in tests of the rules. */
export function withParsedSources<T>(
  sources: Readonly<Record<string, string>>,
  use: (files: ParsedFile[]) => T,
): T {
  const files: Record<string, string> = {
    "/sample/tsconfig.json": '{"compilerOptions":{"noLib":true,"types":[]},"include":["."]}',
  };
  for (const [path, text] of Object.entries(sources)) files[`/sample/${path}`] = text;
  const api = new API({ cwd: "/sample", fs: createVirtualFileSystem(files) });
  return withApi(api, "/sample", use);
}

function withApi<T>(api: API, rootDir: string, use: (files: ParsedFile[]) => T): T {
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${rootDir}/tsconfig.json`] });
    const program = snapshot.getProjects()[0]?.program;
    if (program === undefined) throw new Error(`No TypeScript project in ${rootDir}`);
    const parsed: ParsedFile[] = [];
    for (const name of program.getSourceFileNames()) {
      if (!name.startsWith(`${rootDir}/`) || name.includes("/node_modules/")) continue;
      const file = program.getSourceFile(name);
      if (file !== undefined) parsed.push({ path: name.slice(rootDir.length + 1), file });
    }
    return use(parsed);
  } finally {
    api.close();
  }
}

/** Calls `visit` for every node of the file, parents first. */
export function forEachNode(file: SourceFile, visit: (node: Node) => void): void {
  const walk = (node: Node): void => {
    visit(node);
    node.forEachChild(walk);
  };
  walk(file);
}

/** Returns the line of a position in the file, counted from 1. */
export function lineAt(file: SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}
