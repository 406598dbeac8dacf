import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";

const BIN = fileURLToPath(new URL("../../bin/onsale.js", import.meta.url));
const ROWS = 40;
/** More lines than any command of a test prints. */
const SCROLLBACK = 1_000;

/** A control sequence that terminals ignore. It means that the command has ended. */
const END = "\u001b]777;ended\u0007";
/**
 * Writes END, and keeps the terminal open until a line comes. At the end of its command, `script`
 * waits only 10 ms for output that is still on its way, so a busy machine may lose the last lines.
 */
const REPORT_END = "code=$?; stty sane; printf '\\033]777;ended\\007'; read -r line; exit $code";

/** Keys that a person presses. */
export const KEYS = { enter: "\r", ctrlC: "\u0003", ctrlD: "\u0004" } as const;

export interface TerminalOptions {
  readonly columns?: number;
  /** Receives stdout, which is then no terminal; stderr and stdin still are. */
  readonly stdoutFile?: string;
}

/** The terminal after the end of a command. */
export interface SeenCommand {
  readonly code: number | null;
  /** The lines as they were written, with those that have scrolled away. */
  readonly screen: string;
  /** Everything that was written, with its control sequences. */
  readonly raw: string;
}

/** A command in a terminal, as a person uses it. */
export interface TerminalCommand {
  press(keys: string): void;
  /** Resolves once the screen shows the text; rejects when the command ends first. */
  shows(text: string): Promise<void>;
  readonly finished: Promise<SeenCommand>;
}

/**
 * Starts `onsale` in a pseudoterminal, which `script` (of util-linux) makes. An emulator reads what
 * is written, so that a test sees the screen and not the control sequences.
 */
export function startInTerminal(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  { columns = 80, stdoutFile }: TerminalOptions = {},
): TerminalCommand {
  const command = [process.execPath, BIN, ...words].map(quoted).join(" ");
  const into = stdoutFile === undefined ? "" : ` >${quoted(stdoutFile)}`;
  const line = `stty cols ${columns} rows ${ROWS}; trap : INT; ${command}${into}; ${REPORT_END}`;
  const child = spawn(
    "script",
    ["--quiet", "--return", "--flush", "--command", line, "/dev/null"],
    {
      env: { ...process.env, TERM: "xterm-256color", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const screen = new xterm.Terminal({
    ...{ cols: columns, rows: ROWS, scrollback: SCROLLBACK, allowProposedApi: true },
  });
  const linesOf = (): string => {
    const { active } = screen.buffer;
    let text = "";
    for (let at = 0; at < active.length; at += 1) {
      const row = active.getLine(at);
      text += `${row?.isWrapped ? "" : "\n"}${row?.translateToString(true) ?? ""}`;
    }
    return text.trim();
  };
  let raw = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    if (raw.includes(END) && !child.stdin.writableEnded) child.stdin.end("\n");
    screen.write(chunk, () => {
      for (const listener of listeners) listener();
    });
  });
  const finished = new Promise<SeenCommand>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      screen.write("", () => resolve({ code, screen: linesOf(), raw: raw.replace(END, "") }));
    });
  });
  return {
    press: (keys) => void child.stdin.write(keys),
    shows(text) {
      const seen = new Promise<void>((resolve) => {
        const look = (): void => {
          if (linesOf().includes(text)) resolve();
        };
        listeners.add(look);
        look();
      });
      const ended = finished.then((end) => {
        if (end.screen.includes(text)) return;
        throw new Error(`it ended with ${end.code} and did not show "${text}":\n${end.screen}`);
      });
      return Promise.race([seen, ended]);
    },
    finished,
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
