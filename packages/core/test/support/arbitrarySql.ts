import fc from "fast-check";
import type { SqlValue, SqlValues } from "../../src/adapters/sql/database.ts";

/** A statement of the shapes that the stores use, with its values. */
export interface ArbitrarySql {
  readonly text: string;
  readonly values: SqlValues;
}

/** Texts that collate equal or nearly equal, and the characters that LIKE treats as patterns. */
const TEXTS = ["a", "A", "á", "b", "a ", "ab", "_", "%", "ß", "s", ""] as const;
const STATUSES = ["PENDING", "PUBLISHED", "DEAD"] as const;
const TIMES = [1, 2, 3].map((day) => new Date(Date.UTC(2027, 0, day, 12)));

const small = fc.integer({ min: 0, max: 3 });
const text = fc.constantFrom(...TEXTS);
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });

/** A piece of SQL in which `?` is a placeholder for a value without a name. */
interface Piece {
  readonly sql: string;
  readonly values: readonly (SqlValue | readonly SqlValue[])[];
}

const piece = (sql: string, ...values: Piece["values"]): Piece => ({ sql, values });

const comparison = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");
const numberColumn = fc.constantFrom("m.attempts", "m.bucket", "m.aggregate_version");

/** A simple condition on the columns of one row. */
const atom: fc.Arbitrary<Piece> = fc.oneof(
  fc
    .tuple(numberColumn, comparison, orNull(small))
    .map(([column, operator, value]) => piece(`${column} ${operator} ?`, value)),
  fc
    .tuple(numberColumn, comparison, small)
    .map(([column, operator, value]) => piece(`m.attempts + ? ${operator} ${column}`, value)),
  fc
    .tuple(comparison, orNull(text))
    .map(([operator, value]) => piece(`m.last_error ${operator} ?`, value)),
  fc
    .tuple(fc.constantFrom("=", "<>"), fc.constantFrom(...STATUSES))
    .map(([operator, value]) => piece(`m.status ${operator} '${value}'`)),
  fc.constantFrom(...STATUSES).map((value) => piece("m.status = ?", value)),
  fc
    .tuple(comparison, fc.constantFrom(...TIMES))
    .map(([operator, value]) => piece(`m.published_at ${operator} ?`, value)),
  fc.constantFrom(
    piece("m.last_error IS NULL"),
    piece("m.published_at IS NOT NULL"),
    piece("m.published_at + INTERVAL 1 MICROSECOND > m.next_attempt_at"),
    piece("COALESCE(m.last_error, 'b') = 'B'"),
    piece("CHAR_LENGTH(m.last_error) = 1"),
    piece("LEFT(m.last_error, 1) = 'a'"),
  ),
  fc
    .tuple(numberColumn, fc.array(orNull(small), { minLength: 1, maxLength: 3 }))
    .map(([column, values]) => piece(`${column} IN (?)`, values)),
  fc
    .array(orNull(text), { minLength: 1, maxLength: 3 })
    .map((values) => piece("m.last_error IN (?)", values)),
  orNull(text).map((value) => piece("m.last_error LIKE ? ESCAPE '|'", value && `%${value}`)),
);

const subquery: fc.Arbitrary<Piece> = fc.constantFrom(
  piece("EXISTS (SELECT 1 FROM outbox_messages o WHERE o.id = m.bucket AND o.status = m.status)"),
  piece("(SELECT COUNT(*) FROM outbox_messages o WHERE o.attempts < m.attempts) > 1"),
);

/** A condition that joins simple conditions with AND, OR and NOT. */
function conditionOf(simple: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  return fc.letrec<{ condition: Piece }>((tie) => ({
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      simple,
      fc
        .tuple(tie("condition"), fc.constantFrom("AND", "OR"), tie("condition"))
        .map(([left, operator, right]) =>
          piece(`(${left.sql} ${operator} ${right.sql})`, ...left.values, ...right.values),
        ),
      tie("condition").map(({ sql, values }) => piece(`NOT (${sql})`, ...values)),
    ),
  })).condition;
}

const condition = conditionOf(fc.oneof({ weight: 9, arbitrary: atom }, subquery));
/** MySQL refuses a query on the table that is written. */
const writeCondition = conditionOf(atom);

/** Replaces each `?` by the name of its value: `:va`, `:vb` and so on. */
function named({ sql, values }: Piece): ArbitrarySql {
  let at = 0;
  // A name has only letters.
  const nameOf = (index: number): string => `v${String.fromCharCode(97 + index)}`;
  return {
    text: sql.replaceAll("?", () => `:${nameOf(at++)}`),
    values: Object.fromEntries(values.map((value, index) => [nameOf(index), value])),
  };
}

const order = fc.constantFrom(
  "m.last_error, m.id",
  "m.status DESC, m.id",
  "m.published_at DESC, m.attempts, m.id DESC",
  "m.id",
);

const joined = fc.constantFrom(
  "",
  "LEFT JOIN outbox_messages o ON o.id = m.bucket AND o.status = 'PENDING'",
  "JOIN outbox_messages o ON o.bucket = m.attempts",
  "LEFT JOIN (SELECT bucket, MIN(attempts) AS low FROM outbox_messages GROUP BY bucket) o " +
    "ON o.bucket = m.bucket",
);

/** A SELECT. The names of the answer's columns are their positions. */
export const anyRead: fc.Arbitrary<ArbitrarySql> = fc
  .tuple(condition, condition, joined, order, fc.option(small))
  .map(([column, where, join, orderBy, limit]) =>
    named(
      piece(
        `SELECT m.id AS a, m.last_error AS b, ${column.sql} AS c,
                IF(m.attempts > 1, m.bucket, m.attempts) AS d
           FROM outbox_messages m ${join}
          WHERE ${where.sql} ORDER BY ${orderBy}, ${join === "" ? "m.bucket" : "o.bucket"}
          ${limit === null ? "" : "LIMIT ?"}`,
        ...column.values,
        ...where.values,
        ...(limit === null ? [] : [limit]),
      ),
    ),
  );

/** Groups in the order of their key. */
export const anyGroups: fc.Arbitrary<ArbitrarySql> = fc
  .tuple(condition, fc.constantFrom("m.status", "m.bucket"))
  .map(([where, key]) =>
    named(
      piece(
        `SELECT ${key} AS a, COUNT(*) AS b, MIN(m.attempts) AS c, MAX(m.aggregate_version) AS d
           FROM outbox_messages m WHERE ${where.sql} GROUP BY ${key} ORDER BY ${key}`,
        ...where.values,
      ),
    ),
  );

/** In an UPDATE and a DELETE the table has no alias. */
const alone = ({ sql, values }: Piece): Piece =>
  piece(sql.replaceAll("m.", "outbox_messages."), ...values);

/** An UPDATE that changes every row that it matches, so that both databases count the same rows. */
export const anyUpdate: fc.Arbitrary<ArbitrarySql> = fc
  .tuple(writeCondition, orNull(text), fc.constantFrom(...STATUSES))
  .map(([where, error, status]) => {
    const { sql, values } = alone(where);
    return named(
      piece(
        `UPDATE outbox_messages SET attempts = attempts + 1, last_error = ?,
                status = IF(attempts > 2, 'DEAD', ?) WHERE ${sql}`,
        error,
        status,
        ...values,
      ),
    );
  });

export const anyDelete: fc.Arbitrary<ArbitrarySql> = fc
  .tuple(writeCondition, small)
  .map(([where, max]) => {
    const { sql, values } = alone(where);
    return named(
      piece(`DELETE FROM outbox_messages WHERE ${sql} ORDER BY id LIMIT ?`, ...values, max),
    );
  });

const row = fc.record({
  id: fc.integer({ min: 1, max: 9 }),
  message: fc.integer({ min: 1, max: 9 }),
  version: small,
  bucket: small,
  attempts: small,
  status: fc.constantFrom(...STATUSES),
  published: orNull(fc.constantFrom(...TIMES)),
  error: orNull(text),
});

const duplicates = fc.constantFrom(
  ["", ""],
  ["IGNORE", ""],
  ["", "ON DUPLICATE KEY UPDATE attempts = attempts + 1"],
) satisfies fc.Arbitrary<readonly string[]>;

/** Several rows, of which some meet a primary or a unique key. */
export const anyInsert: fc.Arbitrary<ArbitrarySql> = fc
  .tuple(fc.array(row, { minLength: 1, maxLength: 4 }), duplicates)
  .map(([rows, [ignore = "", onDuplicate = ""]]) => ({
    text: `INSERT ${ignore} INTO outbox_messages
             (id, message_id, aggregate_type, aggregate_id, aggregate_version, type, payload,
              bucket, status, attempts, next_attempt_at, published_at, last_error)
           VALUES :rows ${onDuplicate}`,
    values: {
      rows: rows.map((one) => [
        one.id,
        `m${one.message}`,
        "payment",
        one.message,
        one.version,
        "t",
        "{}",
        one.bucket,
        one.status,
        one.attempts,
        TIMES[1] ?? null,
        one.published,
        one.error,
      ]),
    },
  }));
