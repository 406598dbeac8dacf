import type { BinaryOperator, ColumnName, Comparison, Expression, Select } from "./syntax.ts";
import type { TokenReader } from "./tokens.ts";

const COMPARISONS: readonly Comparison[] = ["=", "<>", "<", "<=", ">", ">="];

const BY_UNICODE = "UTF8MB4_UNICODE_520_CI";

/** The function of this interpreter that makes microseconds of minutes. SQL has no such name. */
export const MINUTES = "INTERVAL MINUTE";

/** Parses expressions. The statement parser parses the subqueries in them. */
export class ExpressionParser {
  readonly #tokens: TokenReader;
  readonly #readSelect: () => Select;

  constructor(tokens: TokenReader, readSelect: () => Select) {
    this.#tokens = tokens;
    this.#readSelect = readSelect;
  }

  expression(): Expression {
    let left = this.#conjunction();
    while (this.#tokens.takes("OR")) left = binary("OR", left, this.#conjunction());
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.#tokens.takes("AND")) left = binary("AND", left, this.#negation());
    return left;
  }

  #negation(): Expression {
    return this.#tokens.takes("NOT") ? { kind: "not", of: this.#negation() } : this.#comparison();
  }

  #comparison(): Expression {
    const tokens = this.#tokens;
    const left = this.#sum();
    if (tokens.takes("IS")) {
      const isNegated = tokens.takes("NOT");
      tokens.expect("NULL");
      return { kind: "isNull", of: left, isNegated };
    }
    if (tokens.takes("IN")) {
      const list = tokens.inBrackets(() => tokens.list(() => this.expression()));
      return { kind: "in", of: left, list };
    }
    const isByUnicode = tokens.takes("COLLATE", BY_UNICODE);
    if (isByUnicode || tokens.isWord("LIKE")) {
      tokens.expect("LIKE");
      const pattern = this.#sum();
      tokens.expect("ESCAPE");
      return { kind: "like", of: left, pattern, escape: tokens.text(), isByUnicode };
    }
    if (tokens.takes("BETWEEN")) {
      const low = this.#sum();
      tokens.expect("AND");
      return binary("AND", binary(">=", left, low), binary("<=", left, this.#sum()));
    }
    const operator = COMPARISONS.find((sign) => tokens.takesSign(sign));
    return operator ? binary(operator, left, this.#sum()) : left;
  }

  #sum(): Expression {
    let left = this.#primary();
    for (;;) {
      if (this.#tokens.takesSign("+")) left = binary("+", left, this.#primary());
      else if (this.#tokens.takesSign("-")) left = binary("-", left, this.#primary());
      else return left;
    }
  }

  #primary(): Expression {
    const tokens = this.#tokens;
    if (tokens.isSign("(")) return this.#brackets();
    const { kind, text } = tokens.peek();
    if (kind === "word") return this.#word();
    if (kind === "end" || kind === "sign") tokens.refuse("an expression");
    tokens.next();
    if (kind === "number") return { kind: "literal", value: Number(text) };
    if (kind === "text") return { kind: "literal", value: text };
    return { kind: "parameter", name: text };
  }

  /** A query, an expression, or the columns of `(a, b) IN (:rows)`. */
  #brackets(): Expression {
    const tokens = this.#tokens;
    const columns: ColumnName[] = [];
    const found = tokens.inBrackets((): Expression => {
      if (tokens.isWord("SELECT")) return { kind: "select", select: this.#readSelect() };
      const first = this.expression();
      if (!tokens.isSign(",")) return first;
      columns.push(this.#asColumn(first));
      while (tokens.takesSign(",")) columns.push(this.#asColumn(this.expression()));
      return first;
    });
    if (columns.length === 0) return found;
    tokens.expect("IN");
    const rows = tokens.inBrackets(() => this.expression());
    if (rows.kind !== "parameter") return tokens.refuse("a parameter with rows");
    return { kind: "rowIn", of: columns, name: rows.name };
  }

  #asColumn(expression: Expression): ColumnName {
    return expression.kind === "column" ? expression : this.#tokens.refuse("a column");
  }

  #word(): Expression {
    const tokens = this.#tokens;
    if (tokens.takes("NULL")) return { kind: "literal", value: null };
    if (tokens.takes("EXISTS")) {
      return { kind: "exists", select: tokens.inBrackets(() => this.#readSelect()) };
    }
    if (tokens.takes("INTERVAL")) {
      const span = this.#sum();
      if (tokens.takes("MINUTE")) return { kind: "call", name: MINUTES, args: [span] };
      tokens.expect("MICROSECOND");
      return span;
    }
    const name = tokens.name();
    if (tokens.isSign("(")) return this.#call(name.toUpperCase());
    if (tokens.takesSign(".")) return { kind: "column", table: name, name: tokens.name() };
    return { kind: "column", table: undefined, name };
  }

  #call(name: string): Expression {
    const tokens = this.#tokens;
    const args = tokens.inBrackets(() => {
      if (tokens.isSign(")")) return [];
      if (name === "COUNT" && tokens.takesSign("*")) return [];
      if (name === "TIMESTAMPDIFF") {
        tokens.expect("MICROSECOND");
        tokens.expectSign(",");
      }
      return tokens.list(() => this.expression());
    });
    return { kind: "call", name, args };
  }
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: "binary", operator, left, right };
}
