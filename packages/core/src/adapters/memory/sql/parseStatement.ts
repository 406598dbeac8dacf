import { ExpressionParser } from "./parseExpression.ts";
import type {
  Assignment,
  Delete,
  Expression,
  Insert,
  OrderItem,
  Select,
  Source,
  SqlStatement,
  Update,
} from "./syntax.ts";
import { TokenReader } from "./tokens.ts";

/** Keywords that can follow a table. Any other word after a table is its alias. */
const AFTER_TABLE = new Set(
  "JOIN LEFT INNER STRAIGHT_JOIN FORCE ON SET WHERE GROUP ORDER LIMIT FOR LOCK".split(" "),
);

/** @throws SqlRefusal with the position of unsupported SQL */
export function parseStatement(sql: string): SqlStatement {
  const tokens = new TokenReader(sql);
  const statement = new StatementParser(tokens).statement();
  tokens.expectEnd();
  return statement;
}

/** Parses an expression without subqueries, as CHECK contains it. */
export function parseExpression(tokens: TokenReader): Expression {
  return new ExpressionParser(tokens, () => tokens.refuse("no query here")).expression();
}

class StatementParser {
  readonly #tokens: TokenReader;
  readonly #expressions: ExpressionParser;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionParser(tokens, () => this.#select());
  }

  statement(): SqlStatement {
    const tokens = this.#tokens;
    if (tokens.isWord("SELECT")) return this.#select();
    if (tokens.takes("INSERT")) return this.#insert();
    if (tokens.takes("UPDATE")) return this.#update();
    if (tokens.takes("DELETE", "FROM")) return this.#delete();
    return tokens.refuse("SELECT, INSERT, UPDATE or DELETE FROM");
  }

  #select(): Select {
    const tokens = this.#tokens;
    tokens.expect("SELECT");
    const columns = tokens.list(() => this.#column());
    const from = tokens.takes("FROM") ? this.#sources() : [];
    const where = this.#where();
    const groupBy = tokens.takes("GROUP", "BY") ? tokens.list(() => this.#expression()) : [];
    const orderBy = this.#orderBy();
    const limit = this.#limit();
    const lock = this.#lock();
    const wait = lock === "exclusive" ? this.#wait() : "wait";
    return { verb: "SELECT", columns, from, where, groupBy, orderBy, limit, lock, wait };
  }

  #column(): Select["columns"][number] {
    const expression = this.#expression();
    if (this.#tokens.takes("AS")) return { expression, name: this.#tokens.name() };
    return { expression, name: expression.kind === "column" ? expression.name : "" };
  }

  #lock(): Select["lock"] {
    if (this.#tokens.takes("FOR", "UPDATE")) return "exclusive";
    return this.#tokens.takes("LOCK", "IN", "SHARE", "MODE") ? "shared" : "none";
  }

  #wait(): Select["wait"] {
    if (this.#tokens.takes("SKIP", "LOCKED")) return "skip";
    return this.#tokens.takes("NOWAIT") ? "nowait" : "wait";
  }

  #insert(): Insert {
    const tokens = this.#tokens;
    const isIgnoring = tokens.takes("IGNORE");
    tokens.expect("INTO");
    const table = tokens.name();
    const columns = tokens.inBrackets(() => tokens.list(() => tokens.name()));
    const rows = this.#rows();
    const isUpdating = tokens.takes("ON", "DUPLICATE", "KEY", "UPDATE");
    if (isUpdating && isIgnoring) tokens.refuse("either IGNORE or ON DUPLICATE KEY");
    const unlessNew = isIgnoring ? "ignore" : "fail";
    const onDuplicate = isUpdating ? tokens.list(() => this.#assignment()) : unlessNew;
    return { verb: "INSERT", table, columns, rows, onDuplicate };
  }

  #rows(): Insert["rows"] {
    const tokens = this.#tokens;
    if (tokens.isWord("SELECT")) return { kind: "select", select: this.#select() };
    tokens.expect("VALUES");
    const { kind, text } = tokens.peek();
    if (kind === "parameter") {
      tokens.next();
      return { kind: "parameter", name: text };
    }
    const readList = () => tokens.inBrackets(() => tokens.list(() => this.#expression()));
    return { kind: "lists", lists: tokens.list(readList) };
  }

  #update(): Update {
    const from = this.#sources();
    this.#tokens.expect("SET");
    const set = this.#tokens.list(() => this.#assignment());
    return { verb: "UPDATE", from, set, where: this.#where() };
  }

  #assignment(): Assignment {
    const tokens = this.#tokens;
    const name = tokens.name();
    const isQualified = tokens.takesSign(".");
    const column = isQualified ? tokens.name() : name;
    tokens.expectSign("=");
    return { table: isQualified ? name : undefined, column, to: this.#expression() };
  }

  #delete(): Delete {
    const from = this.#source("first");
    const where = this.#where();
    return { verb: "DELETE", from, where, orderBy: this.#orderBy(), limit: this.#limit() };
  }

  #sources(): Source[] {
    const sources = [this.#source("first")];
    for (;;) {
      const join = this.#join();
      if (!join) return sources;
      sources.push(this.#source(join));
    }
  }

  #join(): Source["join"] | undefined {
    if (this.#tokens.takes("JOIN") || this.#tokens.takes("INNER", "JOIN")) return "inner";
    if (this.#tokens.takes("STRAIGHT_JOIN")) return "straight";
    return this.#tokens.takes("LEFT", "JOIN") ? "left" : undefined;
  }

  #source(join: Source["join"]): Source {
    const tokens = this.#tokens;
    const isQuery = tokens.isSign("(");
    const table = isQuery ? tokens.inBrackets(() => this.#select()) : tokens.name();
    const { kind, text } = tokens.peek();
    const hasAlias = kind === "word" && !AFTER_TABLE.has(text.toUpperCase());
    if (isQuery && !hasAlias) tokens.refuse("an alias");
    const alias = hasAlias ? tokens.name() : String(table);
    const isForced = tokens.takes("FORCE", "INDEX");
    const forcedIndex = isForced ? tokens.inBrackets(() => tokens.name()) : undefined;
    const on = tokens.takes("ON") ? this.#expression() : undefined;
    if (join === "left" && !on) tokens.refuse("ON");
    return { table, alias, forcedIndex, join, on };
  }

  #where(): Expression | undefined {
    return this.#tokens.takes("WHERE") ? this.#expression() : undefined;
  }

  #orderBy(): OrderItem[] {
    const tokens = this.#tokens;
    if (!tokens.takes("ORDER", "BY")) return [];
    return tokens.list(() => {
      const by = this.#expression();
      const isDescending = tokens.takes("DESC");
      if (!isDescending) tokens.takes("ASC");
      return { by, isDescending };
    });
  }

  #limit(): Expression | undefined {
    return this.#tokens.takes("LIMIT") ? this.#expression() : undefined;
  }

  #expression(): Expression {
    return this.#expressions.expression();
  }
}
