import type { Row } from "../database/rows.ts";
import type { Key } from "../database/table.ts";
import type { ColumnSchema } from "./tableSchema.ts";
import { comparable, type Value } from "./values.ts";

/** Joins the parts of a composite key into one text. */
export function keyOf(...parts: readonly Key[]): string {
  return parts.join("/");
}

/** Makes a function that reads a key from a row. The key is `undefined` when a column is NULL. */
export function keyReader(columns: readonly ColumnSchema[]): (row: Row) => Key | undefined {
  const parts = columns.map(({ property, kind }) => {
    if (kind !== "text") return (row: Row): Key | null => row[property] ?? null;
    return (row: Row): Key | null => {
      const value = row[property] ?? null;
      return value === null ? null : comparable(value, kind);
    };
  });
  const [first, second] = parts;
  if (first && !second) return (row) => first(row) ?? undefined;
  return (row) => {
    let key = "";
    for (const part of parts) {
      const value = part(row);
      if (value === null) return undefined;
      key = key === "" ? String(value) : `${key}/${value}`;
    }
    return key;
  };
}

/** Makes a function that builds a key from the values in a statement's conditions. */
export function keyMaker(
  columns: readonly ColumnSchema[],
): (values: readonly Value[]) => Key | undefined {
  const kinds = columns.map(({ kind }) => kind);
  const [only = "number", second] = kinds;
  if (second === undefined) {
    return ([value = null]) => (value === null ? undefined : comparable(value, only));
  }
  return (values) =>
    joined(
      kinds.map((kind, at) => {
        const value = values[at] ?? null;
        return value === null ? null : comparable(value, kind);
      }),
    );
}

function joined(parts: readonly (Key | null)[]): Key | undefined {
  return parts.includes(null) ? undefined : parts.join("/");
}

/** Returns the in-memory name of the index on these columns. */
export function prefixName(columns: readonly { readonly property: string }[]): string {
  return columns.map(({ property }) => property).join();
}
