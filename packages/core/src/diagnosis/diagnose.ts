import type { CoreContext } from "../ports/coreContext.ts";
import type { InvariantReport } from "../ports/invariantReport.ts";
import type { SchemaStatus, ServerInspection } from "../ports/serverInspection.ts";
import { apiFindings } from "./apiFindings.ts";
import { type Finding, finding, type Severity } from "./findingList.ts";
import { holdFindings } from "./holdFindings.ts";
import { type InvariantCheck, type InvariantMode, invariantFindings } from "./invariantFindings.ts";
import { jobFindings } from "./jobFindings.ts";
import { lagFindings } from "./lagFindings.ts";
import { loadFindings } from "./loadFindings.ts";
import { deliveryFindings } from "./notificationFindings.ts";
import { outboxFindings } from "./outboxFindings.ts";
import { queueFindings } from "./queueFindings.ts";
import { salesFindings } from "./salesFindings.ts";
import { schemaFindings } from "./schemaFindings.ts";
import { serverFindings } from "./serverFindings.ts";
import { withCause, workerFindings } from "./workerFindings.ts";

export interface DiagnoseInput {
  readonly inspections: readonly ServerInspection[];
  /** The state of the schema, or the reason why it could not be read. */
  readonly schema: SchemaStatus | { readonly unreadable: string };
  readonly invariants: InvariantMode;
}

export interface Diagnosis {
  /** True without any finding but those of the severity info. */
  readonly healthy: boolean;
  /** Critical findings first, info last. */
  readonly findings: readonly Finding[];
  /** Undefined when no result of the invariants is known. */
  readonly invariants: InvariantReport | undefined;
  /** Age of that result, ms; 0 when the invariants were checked now. */
  readonly invariantsAgeMs: number;
  /** Checks that were left out, because a server is down or the schema is not current. */
  readonly leftOut: readonly string[];
}

const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

type Check = (core: CoreContext) => Promise<readonly Finding[]>;

const MYSQL_CHECKS: readonly (readonly [string, Check])[] = [
  ["workers", workerFindings],
  ["outbox", outboxFindings],
  ["holds", holdFindings],
  ["notifications", deliveryFindings],
  ["sales", salesFindings],
  ["jobs", jobFindings],
];

/**
 * Looks for everything that makes the product unhealthy. Reads only. Works with any server down:
 * a check that needs the server is left out and named in `leftOut`.
 */
export async function diagnose(core: CoreContext, input: DiagnoseInput): Promise<Diagnosis> {
  const { inspections, schema } = input;
  const isUp = (name: string): boolean =>
    inspections.some(({ server, reachable }) => server === name && reachable);
  const found: Finding[] = [...serverFindings(inspections)];
  const isReadable = !("unreadable" in schema);
  if (isReadable) {
    found.push(...schemaFindings(schema));
  } else if (isUp("mysql")) {
    found.push(finding("SCHEMA_UNREADABLE", "mysql", `mysql: ${schema.unreadable}`));
  }
  const canRead = isUp("mysql") && isReadable && schema.pending.length === 0;
  const possible: readonly (readonly [string, Check, boolean])[] = [
    ...MYSQL_CHECKS.map(([name, check]) => [name, check, canRead] as const),
    ["queues", queueFindings, canRead && isUp("redis")],
    ["load", loadFindings, canRead && isUp("redis")],
    ["api processes", apiFindings, isUp("redis")],
    ["consumers", lagFindings, isUp("kafka")],
  ];
  const checks = possible.filter(([, , canRun]) => canRun);
  const leftOut = possible.filter(([, , canRun]) => !canRun).map(([name]) => name);
  if (!canRead && input.invariants !== "skip") leftOut.push("invariants");
  const results = await Promise.all(
    checks.map(([name, check]) => check(core).catch((error: unknown) => [failed(name, error)])),
  );
  found.push(...results.flat());
  const checked: InvariantCheck = canRead
    ? await invariantFindings(core, input.invariants).catch((error: unknown) => ({
        ...{ findings: [failed("invariants", error)], report: undefined, ageMs: 0 },
      }))
    : { findings: [], report: undefined, ageMs: 0 };
  found.push(...checked.findings);
  const isDown = (name: string): boolean => !isUp(name);
  const explained = found.map((one) => withCause(one, isDown));
  const findings = SEVERITIES.flatMap((wanted) =>
    explained.filter(({ severity }) => severity === wanted),
  );
  return {
    healthy: findings.every(({ severity }) => severity === "info"),
    findings,
    invariants: checked.report,
    invariantsAgeMs: checked.ageMs,
    leftOut,
  };
}

function failed(check: string, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  const cause = innermostText(error);
  const why = cause === undefined ? reason : `${reason}: ${cause}`;
  return finding("CHECK_FAILED", check, `the check of ${check} failed: ${why}`);
}

/** The text of the innermost cause: a refused right looks like a server that does not answer. */
function innermostText(error: unknown): string | undefined {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error && inner !== error ? inner.message : undefined;
}
