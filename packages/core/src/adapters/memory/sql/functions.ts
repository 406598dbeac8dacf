import { cutToMs } from "../times.ts";
import { keyOfKind } from "./comparisons.ts";
import { MINUTES } from "./parseExpression.ts";
import type { Run } from "./run.ts";
import type { Aggregate, Compiled, Evaluate, Kind, Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";
import { isTrue, listOf, type Value } from "./values.ts";

/** A function call with compiled arguments. */
export interface Call {
  readonly name: string;
  readonly args: readonly Compiled[];
  readonly expressions: readonly Expression[];
}

type Result = Pick<Compiled, "evaluate" | "kind">;

const NOTHING: Evaluate = () => null;

/** Compiles a list of expressions. A parameter in the list may have many values. */
export function compileList(
  list: readonly Compiled[],
  expressions: readonly Expression[],
): (run: Run) => readonly Value[] {
  const parts = expressions.map((expression, at) => {
    if (expression.kind === "parameter") {
      const { name } = expression;
      return (run: Run): readonly Value[] => listOf(run.values, name);
    }
    const evaluate = list[at]?.evaluate ?? NOTHING;
    return (run: Run): readonly Value[] => [evaluate(run)];
  });
  const [first, second] = parts;
  return first && !second ? first : (run) => parts.flatMap((part) => part(run));
}

/** @throws SqlRefusal for an unsupported function: one that the stores' statements do not use */
export function compileCall(call: Call, scope: Scope): Result {
  const { name, args, expressions } = call;
  if (isAggregate(name)) return compileAggregate(call, scope, name);
  const compileOne = FUNCTIONS.get(name);
  if (!compileOne) throw new SqlRefusal(`function ${name} is not supported`);
  return compileOne(args, expressions);
}

const AGGREGATES = ["COUNT", "MIN", "MAX", "SUM"] as const satisfies readonly Aggregate["name"][];

function isAggregate(name: string): name is Aggregate["name"] {
  return AGGREGATES.some((one) => one === name);
}

function compileAggregate({ args }: Call, { aggregates }: Scope, name: Aggregate["name"]): Result {
  const [of] = args;
  const isCount = name === "COUNT";
  if (of?.kind === "enum") throw new SqlRefusal(`${name} does not support an ENUM`);
  if (!of && !isCount) throw new SqlRefusal(`${name} needs an argument`);
  if (name === "SUM" && of?.kind !== "number") throw new SqlRefusal("SUM needs a number");
  const at = aggregates.push({ name, of }) - 1;
  return {
    kind: isCount ? "number" : (of?.kind ?? "any"),
    evaluate: ({ aggregates: values }) => values[at] ?? null,
  };
}

type CompileFunction = (args: readonly Compiled[], expressions: readonly Expression[]) => Result;

/** Compiles a function of texts or numbers. The result is NULL when an argument is NULL. */
function strict(kind: Kind, of: (...values: Exclude<Value, null>[]) => Value): CompileFunction {
  return (args) => ({
    kind,
    evaluate(run) {
      const values: Exclude<Value, null>[] = [];
      for (const { evaluate } of args) {
        const value = evaluate(run);
        if (value === null) return null;
        values.push(value);
      }
      return of(...values);
    },
  });
}

const US_PER_MINUTE = 60_000_000;

const FUNCTIONS: ReadonlyMap<string, CompileFunction> = new Map<string, CompileFunction>([
  ["NOW", now],
  ["IF", choice],
  ["COALESCE", firstKnown],
  ["FIELD", placeInList],
  ["ELT", itemOfList],
  ["LAST_INSERT_ID", keepAsInsertId],
  ["LEFT", strict("text", (text = "", length = 0) => startOf(String(text), Number(length)))],
  ["CHAR_LENGTH", strict("number", (text = "") => lengthOf(String(text)))],
  [MINUTES, strict("number", (count = 0) => Number(count) * US_PER_MINUTE)],
  ["TIMESTAMPDIFF", strict("number", (from = 0, to = 0) => Number(to) - Number(from))],
]);

/** The first half of a character that takes two code units of a JavaScript string. */
const LONG_CHARACTER = /[\ud800-\udbff]/;

/** Returns the first characters of a text. */
function startOf(text: string, length: number): string {
  if (!LONG_CHARACTER.test(text)) return text.slice(0, Math.max(0, length));
  return [...text].slice(0, Math.max(0, length)).join("");
}

/** Returns the number of characters. */
function lengthOf(text: string): number {
  return LONG_CHARACTER.test(text) ? [...text].length : text.length;
}

function now(_args: readonly Compiled[], [digits]: readonly Expression[]): Result {
  const count = digits?.kind === "literal" ? digits.value : undefined;
  if (count === 6) return { kind: "time", evaluate: ({ nowUs }) => nowUs };
  if (count === 3) return { kind: "time", evaluate: ({ nowUs }) => cutToMs(nowUs) };
  throw new SqlRefusal("NOW needs 3 or 6 digits");
}

function choice([condition, yes, no]: readonly Compiled[]): Result {
  if (!condition || !yes || !no) throw new SqlRefusal("IF needs three arguments");
  return {
    kind: yes.kind === "any" ? no.kind : yes.kind,
    evaluate: (run) => (isTrue(condition.evaluate(run)) ? yes : no).evaluate(run),
  };
}

function firstKnown(args: readonly Compiled[]): Result {
  return {
    kind: args[0]?.kind ?? "any",
    evaluate(run) {
      for (const { evaluate } of args) {
        const value = evaluate(run);
        if (value !== null) return value;
      }
      return null;
    },
  };
}

/** FIELD: the position of the first equal value, from 1; 0 for NULL and when no value is equal. */
function placeInList(args: readonly Compiled[], expressions: readonly Expression[]): Result {
  const [of, ...rest] = args;
  if (!of) throw new SqlRefusal("FIELD needs an argument");
  const list = compileList(rest, expressions.slice(1));
  const keyOf = keyOfKind(of.kind, of.members);
  return {
    kind: "number",
    evaluate(run) {
      const value = of.evaluate(run);
      if (value === null) return 0;
      const key = keyOf(value);
      return list(run).findIndex((one) => one !== null && keyOf(one) === key) + 1;
    },
  };
}

function itemOfList(args: readonly Compiled[], expressions: readonly Expression[]): Result {
  const [place, ...rest] = args;
  if (!place) throw new SqlRefusal("ELT needs an argument");
  const list = compileList(rest, expressions.slice(1));
  return { kind: "any", evaluate: (run) => list(run)[Number(place.evaluate(run)) - 1] ?? null };
}

/** LAST_INSERT_ID(expr): returns its argument, which also becomes the statement's insert id. */
function keepAsInsertId([of]: readonly Compiled[]): Result {
  if (!of) throw new SqlRefusal("LAST_INSERT_ID needs an argument");
  return {
    kind: "number",
    evaluate(run) {
      const value = of.evaluate(run);
      run.insertId = Number(value);
      return value;
    },
  };
}
