import {
  type Diagnosis,
  type Finding,
  type InvariantMode,
  type InvariantReport,
  isClockOff,
  type SchemaStatus,
  type ServerInspection,
  type ServersConfig,
} from "@onsale/core";
import { openCoreFor } from "./openQuietCore.ts";
import { paint } from "./terminal/paint.ts";
import { type Cell, painted, table } from "./terminal/table.ts";
import { visible } from "./terminal/visible.ts";

/**
 * Maximum number of violations that are shown for one invariant; the count includes all of them.
 */
const VIOLATIONS_SHOWN_MAX = 5;
const MINUTE_MS = 60_000;

/** The result of `onsale doctor`; `healthy` decides the exit code. */
export interface DoctorReport extends Diagnosis {
  readonly node: string;
  readonly servers: readonly ServerInspection[];
  readonly schema: SchemaStatus | { readonly unreadable: string };
}

export interface ExamineOptions {
  readonly invariants: InvariantMode;
}

/** Inspects the servers and the stored state. Never throws for a server that is down. */
export async function examine(
  config: ServersConfig,
  { invariants }: ExamineOptions,
): Promise<DoctorReport> {
  const { diagnose, inspectServers, migrationsOf } = await import("@onsale/core");
  // A suspended server makes each of the three wait for seconds.
  const [servers, schema, opened] = await Promise.all([
    inspectServers(config),
    migrationsOf(config, { isJudged: true }).catch((error: unknown) => ({
      unreadable: reasonOf(error),
    })),
    openCoreFor(config),
  ]);
  try {
    const input = { inspections: servers, schema, invariants };
    const diagnosis = await diagnose(opened.core, input);
    return { ...diagnosis, node: process.version, servers, schema };
  } finally {
    await opened.close();
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

/** Draws the report for a terminal: findings first, because an operator looks for them. */
export function drawReport(report: DoctorReport): string {
  const { healthy, findings, invariants, invariantsAgeMs, leftOut } = report;
  const wrong = findings.filter(({ severity }) => severity !== "info").length;
  const blocks = [
    drawServers(report),
    drawSettings(report),
    ...(invariants === undefined ? [] : [drawInvariants(invariants)]),
    ...(invariantsAgeMs === 0 ? [] : [drawAge(invariantsAgeMs)]),
    ...findings.map(drawFinding),
    ...(leftOut.length === 0 ? [] : [drawLeftOut(leftOut)]),
    healthy
      ? paint("green", "Healthy.")
      : paint("red", `Not healthy: ${wrong} ${wrong === 1 ? "finding" : "findings"}.`),
  ];
  return blocks.join("\n\n");
}

function drawAge(ageMs: number): string {
  const age = `The workers checked the invariants ${Math.round(ageMs / MINUTE_MS)} min ago.`;
  return `${age} \`onsale doctor --full\` checks them now; with much data it takes minutes.`;
}

/** The reader of a report with one finding must not conclude that the rest is healthy. */
function drawLeftOut(checks: readonly string[]): string {
  const reason = "a server is down or the schema is not current";
  return `Not looked at, because ${reason}:\n  ${checks.join(", ")}`;
}

const COLOUR_OF = { critical: "red", warning: "yellow", info: "dim" } as const;

function drawFinding({ code, severity, message, next, subject }: Finding): string {
  const colour = COLOUR_OF[severity];
  return [
    `${paint(colour, severity.toUpperCase())} ${paint("bold", code)} (${visible(subject)})`,
    `  ${visible(message)}`,
    `  Next: ${next}`,
  ].join("\n");
}

function drawServers({ servers, node }: DoctorReport): string {
  const rows = servers.map((server): Cell[] => [
    server.server,
    server.reachable ? painted("green", "up") : painted("red", "DOWN"),
    server.version ?? server.reason ?? "",
    server.roundTripMs === undefined ? "-" : `${server.roundTripMs.toFixed(1)} ms`,
    drawSkew(server),
  ]);
  rows.push(["node", painted("green", "up"), node, "-", "-"]);
  return table(["SERVER", "STATE", "VERSION", "ROUND TRIP", "CLOCK"], rows);
}

function drawSkew(server: ServerInspection): Cell {
  if (server.clockSkewMs === undefined) return "-";
  const text = `${server.clockSkewMs >= 0 ? "+" : ""}${server.clockSkewMs.toFixed(1)} ms`;
  return isClockOff(server) ? painted("red", `${text} OFF`) : text;
}

const VERDICTS = { ok: "ok", note: "note", wrong: "WRONG" } as const;
const VERDICT_COLOURS = { ok: "green", note: "yellow", wrong: "red" } as const;

function drawSettings({ servers }: DoctorReport): string {
  const rows = servers.flatMap(({ server, settings }) =>
    settings.map(({ name, value, verdict, why }): Cell[] => [
      server,
      name,
      value,
      painted(VERDICT_COLOURS[verdict], VERDICTS[verdict]),
      // The reason matters only where the operator may want to change something.
      verdict === "ok" ? "" : why,
    ]),
  );
  return table(["SERVER", "SETTING", "VALUE", "VERDICT", "WHY"], rows);
}

/** Draws every invariant with the number of rows read, and its violations below. */
export function drawInvariants(report: InvariantReport): string {
  const rows = report.results.map(({ id, title, holds, rowsRead, violationCount }): Cell[] => [
    id,
    holds ? painted("green", "holds") : painted("red", "BROKEN"),
    String(rowsRead),
    String(violationCount),
    title,
  ]);
  const broken = report.results.flatMap(({ id, violations }) =>
    violations
      .slice(0, VIOLATIONS_SHOWN_MAX)
      .map(({ message, ids }) => `  ${id}: ${visible(message)} ${JSON.stringify(ids)}`),
  );
  const drawn = table(["ID", "VERDICT", "ROWS READ", "VIOLATIONS", "WHAT MUST HOLD"], rows);
  return [drawn, ...broken].join("\n");
}
