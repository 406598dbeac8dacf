import type { Row } from "../database/rows.ts";
import type { Key, KeyReader } from "../database/table.ts";
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
  return joined(parts);
}

/** Makes the reader of an index's key. */
export function indexReader(columns: readonly ColumnSchema[]): KeyReader<Row> {
  const properties = columns.map(({ property }) => property);
  return {
    of: keyReader(columns),
    hasSameColumns(a, b) {
      for (const property of properties) if (a[property] !== b[property]) return false;
      return true;
    },
  };
}

/** Makes a function that joins the parts of a key. No key has a part that is NULL. */
function joined<From>(
  parts: readonly ((from: From) => Key | null)[],
): (from: From) => Key | undefined {
  const [first, ...rest] = parts;
  if (!first) return () => undefined;
  if (rest.length === 0) return (from) => first(from) ?? undefined;
  return (from) => {
    let key = first(from);
    for (const part of rest) {
      const value = part(from);
      if (key === null || value === null) return undefined;
      key = `${key}/${value}`;
    }
    return key ?? undefined;
  };
}

/** A column of a key, and the value that a condition gives it. */
interface KeyValue<From> {
  readonly column: ColumnSchema;
  readonly value: (from: From) => Value;
}

/** Makes a function that builds a key from the values of conditions. */
export function keyMaker<From>(values: readonly KeyValue<From>[]): (from: From) => Key | undefined {
  return joined(
    values.map(({ column: { kind }, value: readValue }) => (from: From) => {
      const value = readValue(from);
      return value === null ? null : comparable(value, kind);
    }),
  );
}

/** Returns the in-memory name of the index on these columns. */
export function prefixName(columns: readonly { readonly property: string }[]): string {
  return columns.map(({ property }) => property).join();
}
