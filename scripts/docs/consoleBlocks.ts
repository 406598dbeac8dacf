import type { SourceText } from "../checks/finding.ts";

/**
 * The ways to run a `console` block. An HTML comment on the line before the block selects one:
 *
 *   (no comment)                     run it; exit code 0
 *   `<!-- run: exit 3 -->`           run it; this exit code
 *   `<!-- run: long -->`             run it, but only with --long, because it takes minutes
 *   `<!-- run: serves -->`           the only command of the block is a server; end the server when
 *                                    it has printed what the block shows
 *   `<!-- run: beside COMMAND -->`   start COMMAND, run the block when it listens, end COMMAND
 *   `<!-- run: no, REASON -->`       do not run it
 */
export type BlockMode =
  | { readonly kind: "run"; readonly exitCode: number; readonly isLong: boolean }
  | { readonly kind: "serves" }
  | { readonly kind: "beside"; readonly command: string }
  | { readonly kind: "no"; readonly reason: string };

/** A block of commands with their output, as a page shows it. */
export interface ConsoleBlock {
  readonly path: string;
  /** The line of the page at which the block begins. */
  readonly line: number;
  readonly mode: BlockMode;
  /** The text after `$ `, including continued lines. All commands of a block share one shell. */
  readonly commands: readonly string[];
  readonly output: readonly string[];
}

const DIRECTIVE = /^<!-- run: (.*) -->$/;

/**
 * Finds the `console` blocks of a page.
 * @throws Error for an unknown directive, and for a block without a command
 */
export function consoleBlocksOf({ path, text }: SourceText): ConsoleBlock[] {
  const blocks: ConsoleBlock[] = [];
  const lines = text.split("\n");
  for (let start = 0; start < lines.length; start += 1) {
    const fence = /^\s*(```+|~~~+)(\w*)/.exec(lines[start] ?? "");
    if (!fence) continue;
    const [, mark = "", language] = fence;
    let end = start + 1;
    while (end < lines.length && lines[end]?.trim() !== mark) end += 1;
    if (language === "console") {
      const directive = DIRECTIVE.exec(lines[start - 1] ?? "")?.[1];
      const at = `${path}:${start + 1}`;
      const mode = modeOf(directive, at);
      const body = lines.slice(start + 1, end);
      blocks.push({ path, line: start + 1, mode, ...splitBody(body, at) });
    }
    start = end;
  }
  return blocks;
}

function modeOf(directive: string | undefined, at: string): BlockMode {
  if (directive === undefined) return { kind: "run", exitCode: 0, isLong: false };
  if (directive === "long") return { kind: "run", exitCode: 0, isLong: true };
  if (directive === "serves") return { kind: "serves" };
  const [, word, rest = ""] = /^(exit|beside|no,) (.+)$/.exec(directive) ?? [];
  if (word === "exit" && /^\d{1,3}$/.test(rest)) {
    return { kind: "run", exitCode: Number(rest), isLong: false };
  }
  if (word === "beside") return { kind: "beside", command: rest };
  if (word === "no,") return { kind: "no", reason: rest };
  throw new Error(`${at}: unknown directive "run: ${directive}"`);
}

function splitBody(
  lines: readonly string[],
  at: string,
): Pick<ConsoleBlock, "commands" | "output"> {
  const commands: string[] = [];
  const output: string[] = [];
  let isContinued = false;
  for (const line of lines) {
    if (isContinued) commands.push(`${commands.pop()}\n${line}`);
    else if (line.startsWith("$ ")) commands.push(line.slice(2));
    else if (line.trim() !== "") output.push(line);
    isContinued = (isContinued || line.startsWith("$ ")) && line.endsWith("\\");
  }
  if (commands.length === 0) throw new Error(`${at}: a console block needs a line "$ command"`);
  return { commands, output };
}

const NUMBER = "[+-]?\\d+(?:[.,]\\d+)*";
const DURATION = `${NUMBER} (?:us|ms|s|min|h)(?: ${NUMBER} (?:ms|s|min))?`;
const FREE_PART = new RegExp(`\\.\\.\\.|…|${DURATION}|${NUMBER}|\\s+`, "g");

/**
 * Returns the first expected line that the command did not print, if there is one. The lines must
 * appear in their order, and other lines may be between them. Numbers, durations and spaces may
 * differ, and `...` matches any text.
 */
export function missingLine(expected: readonly string[], printed: string): string | undefined {
  const lines = printed.split("\n");
  let next = 0;
  for (const line of expected) {
    const pattern = patternOf(line);
    const at = lines.findIndex((candidate, index) => index >= next && pattern.test(candidate));
    if (at < 0) return line;
    next = line.trim() === "..." ? next : at + 1;
  }
  return undefined;
}

function patternOf(line: string): RegExp {
  let source = "";
  let end = 0;
  for (const match of line.matchAll(FREE_PART)) {
    const [part] = match;
    source += escaped(line.slice(end, match.index)) + freePattern(part);
    end = match.index + part.length;
  }
  return new RegExp(`^${source}${escaped(line.slice(end))}\\s*$`);
}

function freePattern(part: string): string {
  if (part === "..." || part === "…") return ".*";
  if (part.trim() === "") return "\\s+";
  return part.includes(" ") ? DURATION : NUMBER;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
