import { folded, foldedByUnicode, textKey } from "../database/collation.ts";
import type { Key } from "../database/table.ts";
import type { Run } from "./run.ts";
import type { Compiled, Evaluate, Kind } from "./scope.ts";
import type { Comparison } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";
import { comparable, type Value } from "./values.ts";

const HOLDS: Readonly<Record<Comparison, (a: Key, b: Key) => boolean>> = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Returns the kind in which two values are compared.
 * @throws SqlRefusal when MySQL would convert one value to the type of the other
 */
export function commonKind(left: Compiled, right: Compiled): Kind {
  if (left.kind === right.kind || right.kind === "any") return left.kind;
  if (left.kind === "any") return right.kind;
  const areTexts = [left, right].every(({ kind }) => kind !== "number" && kind !== "time");
  if (!areTexts) throw new SqlRefusal(`cannot compare a ${left.kind} with a ${right.kind}`);
  return left.kind === "binary" || right.kind === "binary" ? "binary" : "text";
}

/** Returns an ENUM member in the spelling of the schema. MySQL ignores the case of a member. */
export function memberOf(members: readonly string[], text: string): string {
  if (members.includes(text)) return text;
  const key = textKey(text);
  return members.find((member) => textKey(member) === key) ?? text;
}

/** Returns a function that converts a value to its comparison key, as the collation compares it. */
export function keyOfKind(
  kind: Kind,
  members: readonly string[],
): (value: Exclude<Value, null>) => Key {
  if (kind === "enum") {
    return (value) => (typeof value === "string" ? memberOf(members, value) : Number(value));
  }
  if (kind === "any") {
    return (value) => (typeof value === "string" ? textKey(value) : Number(value));
  }
  return (value) => comparable(value, kind);
}

/**
 * Compiles a comparison. The result is UNKNOWN (SQL's third truth value) when either side is NULL.
 */
export function compileComparison(operator: Comparison, left: Compiled, right: Compiled): Evaluate {
  const kind = commonKind(left, right);
  const isEquality = operator === "=" || operator === "<>";
  if (kind === "enum" && !isEquality) throw new SqlRefusal("an ENUM supports only = and <>");
  const members = left.members.length > 0 ? left.members : right.members;
  const { evaluate: ofLeft } = left;
  if (kind === "enum" && typeof right.constant === "string") {
    return compareWithMember(ofLeft, operator === "=", memberOf(members, right.constant));
  }
  const { evaluate: ofRight } = right;
  const holds = HOLDS[operator];
  const holdsForEqual = holds(0, 0);
  const keyOf = keyOfKind(kind, members);
  return (run) => {
    const a = ofLeft(run);
    if (a === null) return null;
    const b = ofRight(run);
    if (b === null) return null;
    if (a === b) return holdsForEqual;
    if (typeof a === "number" && typeof b === "number") return holds(a, b);
    return holds(keyOf(a), keyOf(b));
  };
}

function compareWithMember(of: Evaluate, isEqual: boolean, member: string): Evaluate {
  return (run) => {
    const value = of(run);
    return value === null ? null : (value === member) === isEqual;
  };
}

/** Compiles IN. The result is UNKNOWN when the value is not in the list and the list has a NULL. */
export function compileIn(of: Compiled, list: (run: Run) => readonly Value[]): Evaluate {
  const keyOf = keyOfKind(of.kind, of.members);
  const { evaluate } = of;
  return (run) => {
    const values = list(run);
    if (values.length === 0) return false;
    const value = evaluate(run);
    if (value === null) return null;
    const key = keyOf(value);
    if (values.some((one) => one !== null && keyOf(one) === key)) return true;
    return values.includes(null) ? null : false;
  };
}

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/**
 * Reads a LIKE pattern: "%" is any text, "_" any character; after `escapeSign` both are literal.
 */
function likePattern(pattern: string, escapeSign: string): RegExp {
  let source = "";
  let isEscaped = false;
  for (const character of pattern) {
    if (!isEscaped && character === escapeSign) {
      isEscaped = true;
      continue;
    }
    if (!isEscaped && character === "%") source += "[^]*";
    else if (!isEscaped && character === "_") source += "[^]";
    else source += character.replace(SPECIAL, "\\$&");
    isEscaped = false;
  }
  return new RegExp(`^${source}$`, "u");
}

/** Compiles LIKE. It compares by the collation that it names, or by that of the text. */
export function compileLike(
  of: Compiled,
  pattern: Compiled,
  { escape: escapeSign, isByUnicode }: { readonly escape: string; readonly isByUnicode: boolean },
): Evaluate {
  const fold = isByUnicode ? foldedByUnicode : folded;
  if (of.kind !== "text") throw new SqlRefusal(`LIKE does not support a ${of.kind}`);
  return (run) => {
    const text = of.evaluate(run);
    const like = pattern.evaluate(run);
    if (text === null || like === null) return null;
    return likePattern(fold(String(like)), escapeSign).test(fold(String(text)));
  };
}
