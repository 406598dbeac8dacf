import { createHash } from "node:crypto";

/** One event of a run. */
export interface TraceEvent {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly actor: string;
  /**
   * The kind of event: `call` to a server, `request` or `answer` of a buyer, `fault`, or `note` for
   * others.
   */
  readonly kind: "call" | "request" | "answer" | "fault" | "note";
  readonly text: string;
}

/** All events of a run, in order. */
export interface Trace {
  /** False when no caller reads the trace. `add` then need not be called. */
  readonly isKept: boolean;
  readonly events: readonly TraceEvent[];
  add(event: TraceEvent): void;
}

export function keptTrace(): Trace {
  const events: TraceEvent[] = [];
  return { isKept: true, events, add: (event) => void events.push(event) };
}

/** The trace of a run whose events no caller reads. */
export const noTrace: Trace = { isKept: false, events: [], add() {} };

/** Formats the whole trace, one event in each line. Two runs of one seed give the same bytes. */
export function traceText(trace: Trace): string {
  return trace.events.map((event) => `${lineOf(event)}\n`).join("");
}

/** Returns the SHA-256 of the trace's text. */
export function traceDigest(trace: Trace): string {
  return createHash("sha256").update(traceText(trace)).digest("hex");
}

function lineOf({ atMs, actor, kind, text }: TraceEvent): string {
  return `${atMs.toFixed(3)} ${actor} ${kind} ${text}`;
}

/** Maximum number of characters that a trace shows of a value. */
const SHOWN_MAX = 120;

/** Formats a value as a short text. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value !== "object") return String(value).slice(0, SHOWN_MAX);
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? `${inner.size} entries` : inner,
  );
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

/** Formats an error as a short text. */
export function shownError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return `${code}: ${error.message}`.slice(0, SHOWN_MAX);
}

/** Formats an error with its stack. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
