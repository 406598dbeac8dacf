import assert from "node:assert/strict";
import { type Sql, STATEMENTS } from "@onsale/core/testing";
import type { Edit } from "./editedSql.ts";

/** A statement with one of its parts dropped. */
export interface GeneratedEdit {
  /** "seats.hold without version = version + 1" */
  readonly name: string;
  readonly statement: string;
  /** "without status = 'PENDING'" */
  readonly says: string;
  readonly edit: Edit;
}

const TAIL = /\b(ORDER BY|GROUP BY|LIMIT|FOR UPDATE|LOCK IN)\b/;
const ORDER = /ORDER BY [\w.]+( DESC)?(, [\w.]+( DESC)?)*/;
const VERSION_STEP = /,?\s*(\w+\.)?version = (\w+\.)?version \+ 1/;

/**
 * Each write and each locking read of the stores without one of its conditions, its order, its SKIP
 * LOCKED or its step of the version.
 */
export function generatedEdits(): GeneratedEdit[] {
  return STATEMENTS.filter(({ text }) => isContested(text))
    .flatMap((statement) => [...conditionEdits(statement), ...partEdits(statement)])
    .map((edit) => ({ ...edit, name: `${edit.statement} ${edit.says}` }));
}

function isContested(text: string): boolean {
  return !/^\s*SELECT\b/.test(text) || /FOR UPDATE|LOCK IN SHARE MODE/.test(text);
}

function conditionEdits({ name, text }: Sql): Omit<GeneratedEdit, "name">[] {
  return conditionsOf(text).conditions.map((condition) => ({
    statement: name,
    says: `without ${condition}`,
    edit: (whole) => withoutCondition(whole, condition),
  }));
}

/** Drops one condition. Several edits of this kind can be made one after the other. */
function withoutCondition(text: string, dropped: string): string {
  const { head, conditions, tail } = conditionsOf(text);
  const left = conditions.filter((condition) => condition !== dropped);
  assert(left.length < conditions.length, `"${dropped}" is not in "${text}"`);
  const where = left.length === 0 ? "" : `WHERE ${left.join(" AND ")} `;
  return `${head}${where}${tail}`;
}

/** The statement before WHERE, the conditions that AND joins, and what follows. */
function conditionsOf(text: string) {
  const at = text.search(/\bWHERE\b/);
  if (at < 0) return { head: text, conditions: [], tail: "" };
  const rest = text.slice(at + "WHERE".length);
  const tailAt = rest.search(TAIL);
  const conditions = topLevelConditions(tailAt < 0 ? rest : rest.slice(0, tailAt));
  return { head: text.slice(0, at), conditions, tail: tailAt < 0 ? "" : rest.slice(tailAt) };
}

/** The conditions that AND joins outside of parentheses. */
function topLevelConditions(text: string): string[] {
  const conditions: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(/\(|\)|\bAND\b/g)) {
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    else if (depth === 0) {
      conditions.push(text.slice(start, index));
      start = index + sign.length;
    }
  }
  conditions.push(text.slice(start));
  return conditions.map((condition) => condition.trim().replace(/\s+/g, " "));
}

function partEdits({ name: statement, text }: Sql): Omit<GeneratedEdit, "name">[] {
  const parts = [
    { part: ORDER, says: "without its order" },
    { part: / SKIP LOCKED/, says: "without SKIP LOCKED" },
    { part: VERSION_STEP, says: "without version = version + 1" },
  ];
  return parts
    .filter(({ part }) => part.test(text))
    .map(({ part, says }) => ({ statement, says, edit: (whole) => whole.replace(part, "") }));
}
