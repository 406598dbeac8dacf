/** The values that a column accepts. MySQL in strict mode refuses all other values. */
export interface Column {
  /** The type as the schema writes it, for error texts. */
  readonly type: string;
  takes(value: unknown): boolean;
}

const US_PER_MS = 1_000;
/** The earliest DATETIME, because a DATETIME has a year of four digits. */
const FIRST_US = Date.parse("0000-01-01T00:00:00Z") * US_PER_MS;
const END_US = Date.UTC(10_000, 0, 1) * US_PER_MS;
/** The maximum length of MEDIUMTEXT. */
const BYTES_MAX = 2 ** 24 - 1;
const BYTES_PER_UNIT_MAX = 3;
const BEYOND_ASCII = /[^\0-\x7f]/;

function isShort(text: string, width: number): boolean {
  // A character can take two code units of a JavaScript string.
  return text.length <= width || [...text].length <= width;
}

/** A VARCHAR column in `utf8mb4`. */
export function text(width: number): Column {
  return {
    type: `VARCHAR(${width}) NOT NULL`,
    takes: (value) => typeof value === "string" && isShort(value, width),
  };
}

/** A VARCHAR or CHAR column in `ascii`. */
export function ascii(width: number): Column {
  return {
    type: `VARCHAR(${width}) CHARACTER SET ascii NOT NULL`,
    takes: (value) =>
      typeof value === "string" && value.length <= width && !BEYOND_ASCII.test(value),
  };
}

/** A MEDIUMTEXT column. The stores write JSON to it. */
export const mediumText: Column = {
  type: "MEDIUMTEXT NOT NULL",
  takes: (value) =>
    typeof value === "string" &&
    (value.length * BYTES_PER_UNIT_MAX <= BYTES_MAX || Buffer.byteLength(value) <= BYTES_MAX),
};

/** An ENUM column. */
export function oneOf(...values: readonly string[]): Column {
  return {
    type: `ENUM(${values.join(", ")}) NOT NULL`,
    takes: (value) => typeof value === "string" && values.includes(value),
  };
}

/**
 * Accepts a fraction: MySQL rounds a fraction instead of refusing it. No store depends on the
 * rounding.
 */
function integer(type: string, min: number, max: number): Column {
  return {
    type: `${type} NOT NULL`,
    takes: (value) => typeof value === "number" && value >= min && value <= max,
  };
}

/** BIGINT, limited to the integers that JavaScript represents exactly. MySQL's BIGINT is wider. */
export const bigInt = integer("BIGINT", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const bigIntUnsigned = integer("BIGINT UNSIGNED", 0, Number.MAX_SAFE_INTEGER);
export const intUnsigned = integer("INT UNSIGNED", 0, 2 ** 32 - 1);
export const smallInt = integer("SMALLINT", -(2 ** 15), 2 ** 15 - 1);
export const smallIntUnsigned = integer("SMALLINT UNSIGNED", 0, 2 ** 16 - 1);
export const tinyIntUnsigned = integer("TINYINT UNSIGNED", 0, 2 ** 8 - 1);

/** A DATETIME(6) column, in microseconds since the epoch. */
export const dateTime: Column = {
  type: "DATETIME(6) NOT NULL",
  takes: (value) => typeof value === "number" && value >= FIRST_US && value < END_US,
};

/** Makes a column that also accepts NULL. */
export function orNull({ type, takes }: Column): Column {
  return {
    type: type.replace("NOT NULL", "NULL"),
    takes: (value) => value === null || takes(value),
  };
}
