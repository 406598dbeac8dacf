import type { Key } from "../database/table.ts";
import { keyOfKind } from "./comparisons.ts";
import { compileExpression } from "./compileExpression.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import type { OrderItem } from "./syntax.ts";
import { compareKeys } from "./values.ts";

/** A compiled ORDER BY. */
export interface Order {
  readonly isGiven: boolean;
  readonly keysOf: (run: Run) => readonly (Key | null)[];
  readonly compare: (a: readonly (Key | null)[], b: readonly (Key | null)[]) => number;
}

export function compileOrder(items: readonly OrderItem[], scope: Scope): Order {
  const keys = items.map(({ by, isDescending }) => {
    const { evaluate, kind, members } = compileExpression(by, scope);
    const keyOf = keyOfKind(kind, members);
    return {
      sign: isDescending ? -1 : 1,
      of(run: Run): Key | null {
        const value = evaluate(run);
        if (value === null) return null;
        // MySQL sorts an ENUM by the position of its member in the schema.
        return kind === "enum" ? members.indexOf(String(value)) : keyOf(value);
      },
    };
  });
  return {
    isGiven: keys.length > 0,
    keysOf: (run) => keys.map(({ of }) => of(run)),
    compare(a, b) {
      for (const [at, { sign }] of keys.entries()) {
        const difference = compareKeys(a[at] ?? null, b[at] ?? null);
        if (difference !== 0) return sign * difference;
      }
      return 0;
    },
  };
}
