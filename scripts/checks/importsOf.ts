import { posix } from "node:path";
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isStringLiteral,
  type Node,
  SyntaxKind,
} from "typescript/unstable/ast";
import { forEachNode, lineAt, type ParsedFile } from "./parsedProject.ts";

/** An import: from a file to another file, or to a package. */
export interface ImportArrow {
  from: string;
  line: number;
  /**
   * For a file, the path relative to the root. For a package, the specifier, such as
   * "@onsale/core".
   */
  to: string;
  isFile: boolean;
}

/**
 * Returns every import of the file: static and dynamic imports, re-exports, and imports of types.
 */
export function importsOf({ path, file }: ParsedFile): ImportArrow[] {
  const arrows: ImportArrow[] = [];
  forEachNode(file, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const isFile = specifier.startsWith(".");
    const to = isFile ? posix.normalize(posix.join(posix.dirname(path), specifier)) : specifier;
    arrows.push({ from: path, line: lineAt(file, node.getStart(file)), to, isFile });
  });
  return arrows;
}

function specifierOf(node: Node): string | undefined {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (isImportTypeNode(node)) {
    return isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  return undefined;
}

function textOf(node: Node | undefined): string | undefined {
  return node !== undefined && isStringLiteral(node) ? node.text : undefined;
}
