import {
  ascii,
  bigInt,
  bigIntUnsigned,
  type Column,
  dateTime,
  intUnsigned,
  mediumText,
  oneOf,
  orNull,
  smallInt,
  smallIntUnsigned,
  text,
  tinyIntUnsigned,
} from "../database/columns.ts";
import type { ColumnKind, ColumnSchema } from "./tableSchema.ts";
import type { TokenReader } from "./tokens.ts";

interface ColumnType {
  readonly kind: ColumnKind;
  readonly column: Column;
  readonly members: readonly string[];
}

/** Reads the definition of a column in CREATE TABLE or ALTER TABLE. */
export function readColumn(tokens: TokenReader): { column: ColumnSchema; isPrimaryKey: boolean } {
  const name = tokens.name();
  const { kind, column, members } = readType(tokens);
  const isNullable = !tokens.takes("NOT", "NULL") && tokens.takes("NULL");
  const isCounter = tokens.takes("AUTO_INCREMENT");
  const initial = tokens.takes("DEFAULT") ? readDefault(tokens) : null;
  const isTouched = tokens.takes("ON", "UPDATE");
  if (isTouched) expectCurrentTime(tokens);
  return {
    column: {
      ...(isNullable ? orNull(column) : column),
      name,
      property: propertyOf(name, kind),
      kind,
      members,
      initial: isCounter ? { by: "counter" } : initial,
      isTouched,
    },
    isPrimaryKey: tokens.takes("PRIMARY", "KEY"),
  };
}

function readType(tokens: TokenReader): ColumnType {
  const number = (column: Column): ColumnType => ({ kind: "number", column, members: [] });
  if (tokens.takes("BIGINT", "UNSIGNED")) return number(bigIntUnsigned);
  if (tokens.takes("BIGINT")) return number(bigInt);
  if (tokens.takes("INT", "UNSIGNED")) return number(intUnsigned);
  if (tokens.takes("SMALLINT", "UNSIGNED")) return number(smallIntUnsigned);
  if (tokens.takes("SMALLINT")) return number(smallInt);
  if (tokens.takes("TINYINT", "UNSIGNED")) return number(tinyIntUnsigned);
  if (tokens.takes("MEDIUMTEXT")) {
    takesTextOptions(tokens);
    return { kind: "text", column: mediumText, members: [] };
  }
  if (tokens.takes("DATETIME")) {
    expectMicroseconds(tokens);
    return { kind: "time", column: dateTime, members: [] };
  }
  if (tokens.takes("ENUM")) {
    const members = tokens.inBrackets(() => tokens.list(() => tokens.text()));
    return { kind: "enum", column: oneOf(...members), members };
  }
  if (!tokens.takes("VARCHAR") && !tokens.takes("CHAR")) tokens.refuse("a type of ours");
  const width = tokens.inBrackets(() => tokens.wholeNumber());
  if (takesTextOptions(tokens)) return { kind: "text", column: text(width), members: [] };
  const isAscii = tokens.takes("CHARACTER", "SET", "ASCII");
  const isBinary = tokens.takes("COLLATE", "ASCII_BIN");
  const column = isAscii ? ascii(width) : text(width);
  return { kind: isBinary ? "binary" : "text", column, members: [] };
}

/** Skips the only character set and collation that texts have in memory. */
export function takesTextOptions(tokens: TokenReader): boolean {
  const words = ["CHARACTER", "SET", "UTF8MB4", "COLLATE", "UTF8MB4_GENERAL_CI"];
  return tokens.takes(...words);
}

function readDefault(tokens: TokenReader): ColumnSchema["initial"] {
  if (tokens.isWord("CURRENT_TIMESTAMP")) {
    expectCurrentTime(tokens);
    return { by: "clock" };
  }
  return tokens.peek().kind === "number" ? tokens.wholeNumber() : tokens.text();
}

function expectCurrentTime(tokens: TokenReader): void {
  tokens.expect("CURRENT_TIMESTAMP");
  expectMicroseconds(tokens);
}

function expectMicroseconds(tokens: TokenReader): void {
  const digits = tokens.inBrackets(() => tokens.wholeNumber());
  if (digits !== 6) tokens.refuse("six digits of a second");
}

function propertyOf(column: string, kind: ColumnKind): string {
  const name = column.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return kind === "time" ? `${name}Us` : name;
}
