/** What a column takes; what else is given to it, strict MySQL refuses. */
export interface Column {
  /** As the schema has it, for the refusal. */
  readonly type: string;
  takes(value: unknown): boolean;
}

const US_PER_MS = 1_000;
/** DATETIME counts years with four digits. */
const FIRST_US = Date.parse("0000-01-01T00:00:00Z") * US_PER_MS;
const END_US = Date.UTC(10_000, 0, 1) * US_PER_MS;
/** MEDIUMTEXT. */
const BYTES_MAX = 2 ** 24 - 1;
const BYTES_PER_UNIT_MAX = 3;
const BEYOND_ASCII = /[^\0-\x7f]/;

function isShort(text: string, width: number): boolean {
  // A character may take two units of a string's length.
  return text.length <= width || [...text].length <= width;
}

/** VARCHAR in `utf8mb4`. */
export function text(width: number): Column {
  return {
    type: `VARCHAR(${width}) NOT NULL`,
    takes: (value) => typeof value === "string" && isShort(value, width),
  };
}

/** VARCHAR or CHAR in `ascii`. */
export function ascii(width: number): Column {
  return {
    type: `VARCHAR(${width}) CHARACTER SET ascii NOT NULL`,
    takes: (value) =>
      typeof value === "string" && value.length <= width && !BEYOND_ASCII.test(value),
  };
}

/** JSON of ours. */
export const mediumText: Column = {
  type: "MEDIUMTEXT NOT NULL",
  takes: (value) =>
    typeof value === "string" &&
    (value.length * BYTES_PER_UNIT_MAX <= BYTES_MAX || Buffer.byteLength(value) <= BYTES_MAX),
};

/** ENUM. */
export function oneOf(...values: readonly string[]): Column {
  return {
    type: `ENUM(${values.join(", ")}) NOT NULL`,
    takes: (value) => typeof value === "string" && values.includes(value),
  };
}

/** A fraction is taken, as the server does, which rounds it; nothing of ours depends on that. */
function integer(type: string, min: number, max: number): Column {
  return {
    type: `${type} NOT NULL`,
    takes: (value) => typeof value === "number" && value >= min && value <= max,
  };
}

/** As far as a number counts by one; the server's own goes further. */
export const bigInt = integer("BIGINT", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const bigIntUnsigned = integer("BIGINT UNSIGNED", 0, Number.MAX_SAFE_INTEGER);
export const intUnsigned = integer("INT UNSIGNED", 0, 2 ** 32 - 1);
export const smallIntUnsigned = integer("SMALLINT UNSIGNED", 0, 2 ** 16 - 1);
export const tinyIntUnsigned = integer("TINYINT UNSIGNED", 0, 2 ** 8 - 1);

/** DATETIME(6), in microseconds since the epoch. */
export const dateTime: Column = {
  type: "DATETIME(6) NOT NULL",
  takes: (value) => typeof value === "number" && value >= FIRST_US && value < END_US,
};

/** The column without its NOT NULL. */
export function orNull({ type, takes }: Column): Column {
  return {
    type: type.replace("NOT NULL", "NULL"),
    takes: (value) => value === null || takes(value),
  };
}
