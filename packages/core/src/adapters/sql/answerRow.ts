import assert from "node:assert/strict";

/**
 * Reads the columns of one row. MySQL's driver returns BIGINT beyond 2^53, DECIMAL and SUM as
 * strings and DATETIME as Date. This class converts them to the types of the ports, and NULL to
 * `undefined`.
 */
export class AnswerRow {
  readonly #row: Readonly<Record<string, unknown>>;

  constructor(row: Readonly<Record<string, unknown>>) {
    this.#row = row;
  }

  /** @throws AssertionError when a JavaScript number cannot represent the value exactly */
  integer(column: string): number {
    const value = this.#valueOf(column);
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    return integerOf(column, value);
  }

  integerOrNone(column: string): number | undefined {
    return this.#valueOf(column) === null ? undefined : this.integer(column);
  }

  text(column: string): string {
    const value = this.#valueOf(column);
    if (typeof value !== "string") assert.fail(`${column} is not a text`);
    return value;
  }

  textOrNone(column: string): string | undefined {
    return this.#valueOf(column) === null ? undefined : this.text(column);
  }

  /** Returns a value that must be in the list, such as a member of an ENUM. */
  oneOf<T extends string>(column: string, values: readonly T[]): T {
    const value = this.#valueOf(column);
    for (const known of values) if (known === value) return known;
    assert.fail(`${column} is not one of ${values.join(", ")}`);
  }

  date(column: string): Date {
    const value = this.#valueOf(column);
    if (!(value instanceof Date)) assert.fail(`${column} is not a time`);
    return value;
  }

  dateOrNone(column: string): Date | undefined {
    return this.#valueOf(column) === null ? undefined : this.date(column);
  }

  /**
   * Returns the value as the driver returned it. For statements whose columns are known only at run
   * time.
   */
  plain(column: string): unknown {
    return this.#valueOf(column);
  }

  /** Reads a condition of the SELECT list. MySQL returns it as 1 or 0. */
  flag(column: string): boolean {
    return this.integer(column) === 1;
  }

  #valueOf(column: string): unknown {
    const value = this.#row[column];
    if (value === undefined) assert.fail(`the statement has no column ${column}`);
    return value;
  }
}

function integerOf(column: string, value: unknown): number {
  assert(["number", "string", "bigint"].includes(typeof value), `${column} is not a number`);
  const number = Number(value);
  assert(Number.isSafeInteger(number), `${column}: ${value} cannot be held exactly`);
  return number;
}
