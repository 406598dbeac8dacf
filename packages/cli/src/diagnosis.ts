import type { InvariantReport, ServerInspection, ServersConfig } from "@onsale/core";
import { openCoreFor } from "./openQuietCore.ts";
import { paint } from "./terminal/paint.ts";
import { table } from "./terminal/table.ts";

/**
 * The largest accepted difference between clocks, ms. Holds expire by MySQL's clock, admissions by
 * Redis's clock, and tokens by Node's clock.
 */
export const CLOCK_SKEW_MS_MAX = 500;
/** The most violations of one invariant that are shown. The count includes all of them. */
const VIOLATIONS_SHOWN_MAX = 5;

/** The result of `onsale doctor`. `healthy` decides the exit code. */
export interface Diagnosis {
  readonly healthy: boolean;
  readonly node: string;
  readonly servers: readonly (ServerInspection & { readonly clockOff: boolean })[];
  /** Undefined when MySQL could not be read. `invariantsReason` then has the reason. */
  readonly invariants: InvariantReport | undefined;
  readonly invariantsReason: string | undefined;
}

/** Inspects the servers and, if MySQL answers, checks every invariant. */
export async function diagnose(
  config: ServersConfig,
  options: { readonly drained: boolean },
): Promise<Diagnosis> {
  const { inspectServers } = await import("@onsale/core");
  const servers = (await inspectServers(config)).map((server) => ({
    ...server,
    clockOff: isClockOff(server),
  }));
  const canAsk = servers.some((server) => server.server === "mysql" && server.reachable);
  const verdict = canAsk ? await askInvariants(config, options) : "MySQL does not answer";
  const invariants = typeof verdict === "string" ? undefined : verdict;
  const serversFine = servers.every(
    ({ reachable, clockOff, settings }) =>
      reachable && !clockOff && settings.every((setting) => setting.verdict !== "wrong"),
  );
  return {
    healthy: serversFine && invariants?.holds === true,
    node: process.version,
    servers,
    invariants,
    invariantsReason: typeof verdict === "string" ? verdict : undefined,
  };
}

/** Returns true when a clock differs by more than the round trip can explain. */
export function isClockOff({ clockSkewMs, roundTripMs }: ServerInspection): boolean {
  if (clockSkewMs === undefined) return false;
  return Math.abs(clockSkewMs) - (roundTripMs ?? 0) / 2 > CLOCK_SKEW_MS_MAX;
}

async function askInvariants(
  config: ServersConfig,
  options: { readonly drained: boolean },
): Promise<InvariantReport | string> {
  const { checkInvariants } = await import("@onsale/core");
  const opened = await openCoreFor(config);
  try {
    return await checkInvariants(opened.core, { drained: options.drained });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${reason}; has \`onsale db migrate\` been run?`;
  } finally {
    await opened.close();
  }
}

/** Formats the diagnosis for a terminal. */
export function drawDiagnosis(diagnosis: Diagnosis): string {
  const blocks = [
    drawServers(diagnosis),
    drawSettings(diagnosis),
    diagnosis.invariants === undefined
      ? `Invariants: not checked. ${diagnosis.invariantsReason}`
      : drawInvariants(diagnosis.invariants),
    diagnosis.healthy ? paint("green", "Healthy.") : paint("red", "Not healthy: see above."),
  ];
  return blocks.join("\n\n");
}

function drawServers({ servers, node }: Diagnosis): string {
  const rows = servers.map((server) => [
    server.server,
    server.reachable ? paint("green", "up") : paint("red", "DOWN"),
    server.version ?? server.reason ?? "",
    server.roundTripMs === undefined ? "-" : `${server.roundTripMs.toFixed(1)} ms`,
    drawSkew(server),
  ]);
  rows.push(["node", paint("green", "up"), node, "-", "-"]);
  return table(["SERVER", "STATE", "VERSION", "ROUND TRIP", "CLOCK"], rows);
}

function drawSkew(server: Diagnosis["servers"][number]): string {
  if (server.clockSkewMs === undefined) return "-";
  const text = `${server.clockSkewMs >= 0 ? "+" : ""}${server.clockSkewMs.toFixed(1)} ms`;
  return server.clockOff ? paint("red", `${text} OFF`) : text;
}

const VERDICTS = { ok: "ok", note: "note", wrong: "WRONG" } as const;
const VERDICT_COLOURS = { ok: "green", note: "yellow", wrong: "red" } as const;

function drawSettings({ servers }: Diagnosis): string {
  const rows = servers.flatMap(({ server, settings }) =>
    settings.map(({ name, value, verdict, why }) => [
      server,
      name,
      value,
      paint(VERDICT_COLOURS[verdict], VERDICTS[verdict]),
      why,
    ]),
  );
  return table(["SERVER", "SETTING", "VALUE", "VERDICT", "WHY"], rows);
}

/**
 * Formats every invariant with the number of rows that its checker read, and its violations below.
 */
export function drawInvariants(report: InvariantReport): string {
  const rows = report.results.map(({ id, title, holds, rowsRead, violationCount }) => [
    id,
    holds ? paint("green", "holds") : paint("red", "BROKEN"),
    String(rowsRead),
    String(violationCount),
    title,
  ]);
  const broken = report.results.flatMap(({ id, violations }) =>
    violations
      .slice(0, VIOLATIONS_SHOWN_MAX)
      .map(({ message, ids }) => `  ${id}: ${message} ${JSON.stringify(ids)}`),
  );
  const drawn = table(["ID", "VERDICT", "ROWS READ", "VIOLATIONS", "WHAT MUST HOLD"], rows);
  return [drawn, ...broken].join("\n");
}
