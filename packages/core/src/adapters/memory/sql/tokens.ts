/** The in-memory database does not support the SQL, or the SQL names a missing table or column. */
export class SqlRefusal extends Error {
  override readonly name = "SqlRefusal";
}

interface Token {
  readonly kind: "word" | "number" | "text" | "parameter" | "sign" | "end";
  readonly text: string;
}

const KINDS = ["number", "word", "text", "parameter", "sign"] as const;
const TOKEN = new RegExp(
  [
    /\s+/,
    /(?<number>\d+)/,
    /(?<word>[A-Za-z_][A-Za-z_0-9]*)/,
    /'(?<text>[^'\\]*)'/,
    /:(?<parameter>[A-Za-z]+)/,
    /(?<sign><=|>=|<>|[=<>+\-*(),.])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "y",
);
const END: Token = { kind: "end", text: "the end" };
/** Number of tokens that an error text shows before and after the position of the error. */
const SHOWN = 4;

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(sql)?.groups;
    if (!groups) throw new SqlRefusal(`unsupported characters at "${sql.slice(at, at + 30)}"`);
    for (const kind of KINDS) {
      const text = groups[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  return tokens;
}

/** Reads SQL text token by token. Keywords match in upper and lower case. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string) {
    this.#tokens = tokensOf(sql);
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  isWord(word: string): boolean {
    const { kind, text } = this.peek();
    return kind === "word" && text.toUpperCase() === word;
  }

  isSign(sign: string): boolean {
    const { kind, text } = this.peek();
    return kind === "sign" && text === sign;
  }

  /** Skips the words and returns true if they are the next tokens. */
  takes(...words: readonly string[]): boolean {
    const start = this.#at;
    for (const word of words) {
      if (!this.isWord(word)) {
        this.#at = start;
        return false;
      }
      this.#at += 1;
    }
    return true;
  }

  takesSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.#at += 1;
    return true;
  }

  expect(...words: readonly string[]): void {
    if (!this.takes(...words)) this.refuse(words.join(" "));
  }

  expectSign(sign: string): void {
    if (!this.takesSign(sign)) this.refuse(sign);
  }

  name(): string {
    const { kind, text } = this.next();
    if (kind === "word") return text;
    this.#at -= 1;
    return this.refuse("a name");
  }

  wholeNumber(): number {
    const { kind, text } = this.next();
    if (kind === "number") return Number(text);
    this.#at -= 1;
    return this.refuse("a number");
  }

  text(): string {
    const { kind, text } = this.next();
    if (kind === "text") return text;
    this.#at -= 1;
    return this.refuse("a text");
  }

  list<T>(readOne: () => T): T[] {
    const all = [readOne()];
    while (this.takesSign(",")) all.push(readOne());
    return all;
  }

  inBrackets<T>(readInside: () => T): T {
    this.expectSign("(");
    const inside = readInside();
    this.expectSign(")");
    return inside;
  }

  expectEnd(): void {
    if (this.peek() !== END) this.refuse("the end");
  }

  /** @throws SqlRefusal with the position of the next token */
  refuse(expected: string): never {
    const text = ({ text }: Token): string => text;
    const before = this.#tokens.slice(Math.max(0, this.#at - SHOWN), this.#at).map(text);
    const after = this.#tokens.slice(this.#at, this.#at + SHOWN).map(text);
    const place = [...before, "<here>", ...after].join(" ");
    throw new SqlRefusal(`expected ${expected} at "${place}"`);
  }
}
