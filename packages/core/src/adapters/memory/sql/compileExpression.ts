import assert from "node:assert/strict";
import { compileComparison, compileIn, compileLike } from "./comparisons.ts";
import { compileCall, compileList } from "./functions.ts";
import { compileRowIn } from "./rowIn.ts";
import { type Compiled, type Evaluate, findColumn, type Kind, type Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";
import { isTrue, scalarOf, type Value } from "./values.ts";

const NO_SOURCE: ReadonlySet<number> = new Set();

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

/** Compiles an expression to a function of a run. @throws SqlRefusal */
export function compileExpression(expression: Expression, scope: Scope): Compiled {
  switch (expression.kind) {
    case "literal":
      return compileLiteral(expression);
    case "parameter":
      return compiled("any", ({ values }) => scalarOf(values, expression.name));
    case "column":
      return compileColumn(expression, scope);
    case "not":
      return compileNot(compileExpression(expression.of, scope));
    case "binary":
      return compileBinary(expression, scope);
    case "isNull": {
      const { evaluate, uses } = compileExpression(expression.of, scope);
      const { isNegated } = expression;
      return compiled("number", (run) => (evaluate(run) === null) !== isNegated, uses);
    }
    case "in": {
      const of = compileExpression(expression.of, scope);
      const list = expression.list.map((one) => compileExpression(one, scope));
      const evaluate = compileIn(of, compileList(list, expression.list));
      return compiled("number", evaluate, union([of, ...list]));
    }
    case "rowIn": {
      const columns = expression.of.map((column) => compileColumn(column, scope));
      return compiled("number", compileRowIn(columns, expression.name), union(columns));
    }
    case "like": {
      const of = compileExpression(expression.of, scope);
      const pattern = compileExpression(expression.pattern, scope);
      const evaluate = compileLike(of, pattern, expression);
      return compiled("number", evaluate, union([of, pattern]));
    }
    case "call": {
      const args = expression.args.map((arg) => compileExpression(arg, scope));
      const call = { name: expression.name, args, expressions: expression.args };
      const { kind, evaluate } = compileCall(call, scope);
      return compiled(kind, evaluate, union(args));
    }
    case "select":
    case "exists":
      return compileSubquery(expression, scope);
  }
}

function compiled(kind: Kind, evaluate: Evaluate, uses: ReadonlySet<number> = NO_SOURCE): Compiled {
  return { kind, evaluate, uses, members: [], isUnsigned: false };
}

function union(all: readonly Compiled[]): ReadonlySet<number> {
  return all.length === 0 ? NO_SOURCE : new Set(all.flatMap(({ uses }) => [...uses]));
}

function compileLiteral({ value }: Of<"literal">): Compiled {
  const kind = typeof value === "number" ? "number" : "any";
  return { ...compiled(kind, () => value), constant: value };
}

function compileColumn(expression: Of<"column">, scope: Scope): Compiled {
  const { source, column } = findColumn(scope, expression);
  const { slot } = source;
  const { property, kind, members, type } = column;
  return {
    kind,
    members,
    isUnsigned: type.includes("UNSIGNED"),
    uses: new Set([slot]),
    evaluate: ({ rows }) => rows[slot]?.[property] ?? null,
  };
}

function compileNot({ evaluate, uses }: Compiled): Compiled {
  return compiled(
    "number",
    (run) => {
      const value = evaluate(run);
      return value === null ? null : !isTrue(value);
    },
    uses,
  );
}

/** A subquery may read every source of the outer query, so it runs after these sources are read. */
function compileSubquery(expression: Of<"select"> | Of<"exists">, scope: Scope): Compiled {
  const { first, exists } = scope.compileSubquery(expression.select, scope);
  const uses = new Set(scope.sources.map(({ slot }) => slot));
  return expression.kind === "exists" ? compiled("number", exists, uses) : { ...first, uses };
}

function compileBinary({ operator, left, right }: Of<"binary">, scope: Scope): Compiled {
  const first = compileExpression(left, scope);
  const second = compileExpression(right, scope);
  const uses = union([first, second]);
  switch (operator) {
    case "AND":
      return compiled("number", both(first.evaluate, second.evaluate), uses);
    case "OR":
      return compiled("number", either(first.evaluate, second.evaluate), uses);
    case "+":
    case "-":
      return compiled(kindOfSum(operator, first, second), sum(operator, first, second), uses);
    default:
      return compiled("number", compileComparison(operator, first, second), uses);
  }
}

function both(first: Evaluate, second: Evaluate): Evaluate {
  return (run) => {
    const a = first(run);
    if (a !== null && !isTrue(a)) return false;
    const b = second(run);
    if (b !== null && !isTrue(b)) return false;
    return a === null || b === null ? null : true;
  };
}

function either(first: Evaluate, second: Evaluate): Evaluate {
  return (run) => {
    const a = first(run);
    if (isTrue(a)) return true;
    const b = second(run);
    if (isTrue(b)) return true;
    return a === null || b === null ? null : false;
  };
}

/** Only an interval in microseconds can be added to a time or subtracted from a time. */
function kindOfSum(operator: "+" | "-", left: Compiled, right: Compiled): Kind {
  for (const { kind } of [left, right]) {
    const isText = kind !== "number" && kind !== "time" && kind !== "any";
    if (isText) throw new SqlRefusal(`${operator} does not support a ${kind}`);
  }
  if (right.kind === "time") {
    throw new SqlRefusal(`${operator} does not support a time on the right`);
  }
  // MySQL refuses a difference of unsigned numbers that is below zero.
  if (operator === "-" && (left.isUnsigned || right.isUnsigned)) {
    throw new SqlRefusal("subtraction of unsigned numbers is not supported");
  }
  return left.kind === "time" ? "time" : "number";
}

function sum(operator: "+" | "-", left: Compiled, right: Compiled): Evaluate {
  const sign = operator === "+" ? 1 : -1;
  const { evaluate: ofLeft } = left;
  const { evaluate: ofRight } = right;
  return (run) => {
    const a = ofLeft(run);
    const b = ofRight(run);
    return a === null || b === null ? null : numberOf(a) + sign * numberOf(b);
  };
}

function numberOf(value: Exclude<Value, null>): number {
  // Not `assert`, which would make the text at each call.
  if (typeof value !== "number") assert.fail(`${value} is not a number`);
  return value;
}
