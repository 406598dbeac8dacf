import { factName, factText } from "./operation/factText.ts";
import { paint } from "./terminal/paint.ts";
import { similar } from "./terminal/similar.ts";
import { visible } from "./terminal/visible.ts";

/** Exit codes of every command, for scripts. */
export const EXIT = {
  ok: 0,
  /** The command failed, an invariant is violated, or the output cannot be written. */
  failure: 1,
  /** The command line is invalid. */
  usage: 2,
  /** A precondition (a server, a setting, a schema) is missing. */
  precondition: 3,
  /** A bulk change stopped at a limit; a run of the same job continues the change. */
  partial: 4,
  /** The change was made, but the stored state is not what the plan promised. */
  unverified: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that the user can fix. It says what happened, why, and what to do next. */
export class CliError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  /** The next step: a sentence, or a command to copy. */
  readonly next: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { exitCode?: ExitCode; next?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "CliError";
    this.code = code;
    this.exitCode = options.exitCode ?? EXIT.failure;
    this.next = options.next;
  }
}

/** An error as the terminal and `--json` show it. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly cause?: string | undefined;
  readonly next?: string | undefined;
  /** Facts of a refusal, such as the differences of a stale plan. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly exitCode: ExitCode;
}

/** The report of a command that Ctrl-C or SIGTERM ended before it had a result. */
export const INTERRUPTED: ErrorReport = {
  code: "INTERRUPTED",
  message: "The command was interrupted before it had a result",
  exitCode: EXIT.interrupted,
};

/**
 * Error codes of a server that cannot be reached. The report then suggests how to start the
 * servers.
 */
const UNREACHABLE = new Set(["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH"]);
export const UNREACHABLE_NEXT =
  "Start the servers with `onsale stack up`, or check MYSQL_URL, REDIS_URL and KAFKA_BROKERS.";

/** Refusals before anything is changed, and the next step for the operator. */
const REFUSAL_NEXT: ReadonlyMap<string, string> = new Map([
  ["PLAN_MISSING", "Run the same command without --execute, read the plan, then add --execute."],
  ["PLAN_EXPIRED", "Run the same command without --execute to make a new plan."],
  ["PLAN_STALE", "Run the same command without --execute to see what it would do now."],
  ["JOB_RUNNING", "Wait for the other run, or look at it with `onsale job list`."],
  ["JOB_MISMATCH", "Look at the job with `onsale job show`, or leave --job out."],
  ["JOB_FAILED", "Look at the job with `onsale job show`, then make a new plan."],
  ["JOB_NOT_RUNNING", "`onsale job show` shows its state."],
  ["JOB_NOT_FOUND", "`onsale job list` shows the jobs."],
  ["REASON_REQUIRED", "Add --reason 'WHY'; the audit record keeps it."],
  ["CONFIRMATION_REQUIRED", "Add --confirm with the name that the plan shows, and --reason 'WHY'."],
  ["RESERVATION_PAID", "`onsale payment refund` returns the points and the seats."],
  ["RUNBOOK_PRECONDITION", "`onsale doctor` shows what is wrong; it names the right runbook."],
  [
    "DATABASE_NOT_EMPTY",
    "Name a database of its own in MYSQL_URL; `onsale db migrate` creates it. Or empty this one, " +
      "or add --beside-other-tables when both programs shall use it.",
  ],
  [
    "MIGRATIONS_UNKNOWN",
    "Use the version of onsale that the servers run; `onsale db status` shows the migrations.",
  ],
  [
    "MIGRATIONS_BLOCKED",
    "End the old transactions that information_schema.innodb_trx shows, and run it again: it " +
      "goes on where it stopped.",
  ],
  ["MIGRATIONS_RUNNING", "Wait for the other process; `onsale db status` shows what has run."],
  ["CANNOT_UNDO", "`onsale audit show` shows what was changed."],
]);

/** Other failures, and the next step. */
const FAILURE_NEXT: ReadonlyMap<string, string> = new Map([
  ["INTERNAL", "Run again with DEBUG=onsale for the stack, and report it."],
  ["INSUFFICIENT_POINTS", "Take away at most the balance; `onsale point ledger` shows it."],
  ["AUDIT_RECORD_NOT_FOUND", "`onsale audit list` shows the records."],
  ["CONCERT_NOT_FOUND", "`onsale concert list` shows concerts and performances."],
  ["MESSAGE_NOT_FOUND", "`onsale outbox list` shows the messages."],
  ["PAYMENT_NOT_FOUND", "`onsale reservation show` names the payment of a reservation."],
  ["PERFORMANCE_NOT_FOUND", "`onsale concert list` shows concerts and performances."],
  ["QUEUE_NOT_FOUND", "`onsale queue status` shows the queues."],
  ["RESERVATION_NOT_FOUND", "`onsale reservation list` shows the reservations."],
  ["RUNBOOK_NOT_FOUND", "`onsale runbook list` shows the names."],
  ["PERFORMANCE_IN_PAST", "Correct startsAt in the file, or --starts-at."],
]);

/**
 * The hint at the end of oclif's messages. The report leaves the hint out, because the field `next`
 * of the report replaces it.
 */
const HELP_HINT = /\nSee more help with --help$/;
/** The beginning of oclif's messages about the value of a flag, over two lines. */
const FLAG_VALUE = /^Parsing (--\S+) \n\t/;

/** oclif writes "undefined" where an argument has no description. The report leaves it out. */
const NO_DESCRIPTION = / undefined$/gm;

/**
 * Converts any thrown value to a report. An unexpected error has the code INTERNAL.
 * @param variables by flag, the environment variable that may have given the flag's value
 */
export function reportOf(
  error: unknown,
  variables: ReadonlyMap<string, string> = new Map(),
): ErrorReport {
  if (!(error instanceof Error)) {
    return { code: "INTERNAL", message: String(error), exitCode: EXIT.failure };
  }
  const base = { message: withoutFrame(messageOf(error), variables), cause: causeOf(error) };
  if (error instanceof CliError) {
    return { ...base, code: error.code, next: error.next, exitCode: error.exitCode };
  }
  // oclif refuses a file or folder that does not exist by an ordinary error.
  if ("oclif" in error || FLAG_VALUE.test(error.message)) {
    const message = base.message.replace(NO_DESCRIPTION, "");
    return { code: "USAGE", message, next: usageNext(error), exitCode: EXIT.usage };
  }
  if (error.name === "DevstackError") {
    const next = "Server logs are under .devstack/; `onsale stack status` shows what runs.";
    return { ...base, code: "STACK_FAILED", next, exitCode: EXIT.precondition };
  }
  if (error.name === "RushTargetError") {
    const next = "Check --url, and that MYSQL_URL and REDIS_URL are those of the API.";
    return { ...base, code: "RUSH_TARGET_UNUSABLE", next, exitCode: EXIT.precondition };
  }
  const code = codeOf(error);
  if (code === "CONFIG_INVALID") {
    const next = "Set the variables named above; `onsale config show` prints the current settings.";
    return { ...base, code, next, exitCode: EXIT.precondition };
  }
  const details = "details" in error ? Object(error.details) : undefined;
  if (code === "DEPENDENCY_UNAVAILABLE" || UNREACHABLE.has(code)) {
    return { ...base, code, next: UNREACHABLE_NEXT, details, exitCode: EXIT.precondition };
  }
  if (code === "INVALID_INPUT") {
    return { ...base, code, next: undefined, details, exitCode: EXIT.failure };
  }
  const precondition = REFUSAL_NEXT.get(code);
  if (precondition !== undefined) {
    return { ...base, code, next: precondition, details, exitCode: EXIT.precondition };
  }
  return { ...base, code, next: FAILURE_NEXT.get(code), exitCode: EXIT.failure };
}

/**
 * Removes what oclif writes around a message about the value of a flag, also around the message of
 * a CliError: the flag on a line of its own, and the hint at the end.
 */
function withoutFrame(message: string, variables: ReadonlyMap<string, string>): string {
  return message.replace(HELP_HINT, "").replace(FLAG_VALUE, (_all, flag: string) => {
    const variable = variables.get(flag);
    return variable === undefined ? `${flag}: ` : `${flag} or ${variable}: `;
  });
}

/** Suggests the flag that was probably meant. */
function usageNext(error: Error): string {
  const help = "Add --help to see the usage.";
  if (!("flags" in error) || !Array.isArray(error.flags) || !("parse" in error)) return help;
  const typed: unknown = error.flags[0];
  const known = knownFlags(error.parse);
  const meant = typeof typed === "string" ? similar(typed, known) : undefined;
  return meant === undefined ? help : `Did you mean ${meant}? ${help}`;
}

/** The flags of the command that oclif parsed. */
function knownFlags(parse: unknown): readonly string[] {
  const input = Object(parse).input;
  return Object.keys(Object(Object(input).flags)).map((name) => `--${name}`);
}

function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  const { cause } = error;
  return cause instanceof Error ? codeOf(cause) : "INTERNAL";
}

/**
 * Returns the message of an error. When connections to several addresses fail, the error is an
 * AggregateError without a message.
 */
function messageOf(error: Error): string {
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors
      .map((one: unknown) => (one instanceof Error ? one.message : one))
      .join("; ");
  }
  return error.name;
}

function causeOf(error: Error): string | undefined {
  if (error.cause === undefined) return undefined;
  return error.cause instanceof Error ? messageOf(error.cause) : String(error.cause);
}

/** Formats a report for a terminal. */
export function describeReport(report: ErrorReport): string {
  const { code, message, cause, next, details } = report;
  const lines = [`${paint("red", "Error", process.stderr)} ${code}: ${visible(message, true)}`];
  lines.push(...differenceLines(details));
  if (cause !== undefined && cause !== message) lines.push(`  Cause: ${visible(cause, true)}`);
  if (next !== undefined) lines.push(`  Next:  ${next}`);
  return `${lines.join("\n")}\n`;
}

/** One line for each fact of a stale plan that has changed. */
function differenceLines(details: ErrorReport["details"]): string[] {
  const differences: unknown = details?.differences;
  if (!Array.isArray(differences)) return [];
  return differences.map((one: unknown) => {
    const { fact, planned, now } = Object(one);
    const name = factName(String(fact));
    return visible(`  ${name}: ${factText(planned)} when it was planned, ${factText(now)} now`);
  });
}
