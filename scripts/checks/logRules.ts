import {
  type CallExpression,
  isCallExpression,
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
  type Node,
} from "typescript/unstable/ast";
import type { Finding } from "./finding.ts";
import { forEachNode, lineAt, type ParsedFile } from "./parsedProject.ts";

const LEVELS: ReadonlySet<string> = new Set(["debug", "info", "warn", "error", "fatal"]);
/** The form of an event name, "relay.bucket_lost": an area, and what happened in it. */
const EVENT_NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
const SENTENCE_CASE = /^[A-Z].*[^.]$/;

/**
 * Checks log calls: each must have a stable event name and a plain text. The type of Logger
 * requires `event` even in a variable; this rule also checks the form of names and texts.
 */
export function checkLogCalls({ path, file }: ParsedFile): Finding[] {
  const findings: Finding[] = [];
  if (!/^packages\/[^/]+\/src\//.test(path)) return findings;
  forEachNode(file, (node) => {
    if (!isLogCall(node)) return;
    const line = lineAt(file, node.getStart(file));
    for (const advice of complaintsOf(node)) {
      findings.push({ path, line, rule: "log-event", advice });
    }
  });
  return findings;
}

function isLogCall(node: Node): node is CallExpression {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return false;
  const { expression: owner, name } = node.expression;
  if (!LEVELS.has(name.text)) return false;
  const isNamedLog = isIdentifier(owner) && owner.text === "log";
  return isNamedLog || (isPropertyAccessExpression(owner) && owner.name.text === "log");
}

function complaintsOf(call: CallExpression): string[] {
  const complaints: string[] = [];
  const [fields, text] = call.arguments;
  if (fields === undefined || isStringLiteral(fields)) {
    complaints.push("pass an object with an event first, then the text");
  } else if (isObjectLiteralExpression(fields)) {
    const event = fields.properties
      .filter((field) => isPropertyAssignment(field) || isShorthandPropertyAssignment(field))
      .find(({ name }) => isIdentifier(name) && name.text === "event");
    if (!event) complaints.push('name the event: { event: "relay.bucket_lost", … }');
    const name = event && isPropertyAssignment(event) ? event.initializer : undefined;
    if (name && isStringLiteral(name) && !EVENT_NAME.test(name.text)) {
      complaints.push(`"${name.text}": an event is lower case with a dot, "relay.bucket_lost"`);
    }
  }
  if (text && isStringLiteral(text) && !SENTENCE_CASE.test(text.text)) {
    complaints.push("a log text begins with a capital letter and has no full stop");
  }
  return complaints;
}
