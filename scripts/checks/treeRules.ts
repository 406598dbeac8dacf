import {
  isArrowFunction,
  isCallExpression,
  isConstructorDeclaration,
  isExpressionStatement,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isNewExpression,
  isPropertyAccessExpression,
  isSetAccessorDeclaration,
  type Node,
} from "typescript/unstable/ast";
import type { Finding } from "./finding.ts";
import { forEachNode, lineAt, type ParsedFile } from "./parsedProject.ts";

const FUNCTION_LINES_MAX = 70;

/**
 * Checks the rules that need the syntax tree: the length of functions, and the sources of time and
 * randomness.
 */
export function checkTree(parsed: ParsedFile): Finding[] {
  const findings: Finding[] = [];
  const { path, file } = parsed;
  const ownsImpurity = !mustBePure(path);
  forEachNode(file, (node) => {
    const start = node.getStart(file);
    const length = lineAt(file, node.end) - lineAt(file, start) + 1;
    if (length > FUNCTION_LINES_MAX && isFunctionNode(node) && !isSuite(node)) {
      const advice = `${length} lines; split it, ${FUNCTION_LINES_MAX} is the maximum`;
      findings.push({ path, line: lineAt(file, start), rule: "function-length", advice });
    }
    const impurity = ownsImpurity ? undefined : impurityOf(node);
    if (impurity !== undefined) {
      findings.push({ path, line: lineAt(file, start), rule: "impure-core", advice: impurity });
    }
  });
  return findings;
}

/**
 * Tests whether the file must take time, randomness, timers and the environment from the context
 * and the configuration.
 */
function mustBePure(path: string): boolean {
  const inCore = path.startsWith("packages/core/src/");
  const isSource =
    path.startsWith("packages/core/src/shared/") || path.startsWith("packages/core/src/config/");
  return inCore && !isSource;
}

function isFunctionNode(node: Node): boolean {
  return (
    isFunctionDeclaration(node) ||
    isFunctionExpression(node) ||
    isArrowFunction(node) ||
    isMethodDeclaration(node) ||
    isConstructorDeclaration(node) ||
    isGetAccessorDeclaration(node) ||
    isSetAccessorDeclaration(node)
  );
}

/**
 * Tests whether the function only contains tests: the function of a `describe`, or a function that
 * only calls `describe`, as in the conformance cases. Such a function may be long, because each
 * test is measured separately.
 */
function isSuite(node: Node): boolean {
  if (isSuiteCall(node.parent)) return true;
  if (!isFunctionDeclaration(node) || !node.body) return false;
  return node.body.statements.every(
    (statement) => isExpressionStatement(statement) && isSuiteCall(statement.expression),
  );
}

function isSuiteCall(node: Node): boolean {
  if (!isCallExpression(node)) return false;
  const callee = node.expression;
  return isIdentifier(callee) && /^(describe|context|suite)$/.test(callee.text);
}

const impureMembers: Readonly<Record<string, string>> = {
  "Date.now": "Date.now: take the time from core.clock",
  "performance.now": "performance.now: take the time from core.clock",
  "Math.random": "Math.random: take randomness from core.random",
  "process.env": "process.env: read it in config/, hand it over as config",
};

const impureCalls: Readonly<Record<string, string>> = {
  setTimeout: "setTimeout: sleep by core.clock",
  setInterval: "setInterval: use shared/backgroundLoop",
  setImmediate: "setImmediate: use core.clock",
};

function impurityOf(node: Node): string | undefined {
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
    return impureMembers[`${node.expression.text}.${node.name.text}`];
  }
  if (isNewExpression(node) && isIdentifier(node.expression)) {
    const isNow = node.expression.text === "Date" && (node.arguments?.length ?? 0) === 0;
    return isNow ? "new Date(): take the time from core.clock" : undefined;
  }
  if (isCallExpression(node) && isIdentifier(node.expression)) {
    return impureCalls[node.expression.text];
  }
  return undefined;
}
