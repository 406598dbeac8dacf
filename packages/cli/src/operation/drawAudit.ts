import { type AuditRecord, continueCommand, type Job } from "@onsale/core";
import { table } from "../terminal/table.ts";

/** Audit records as a table for a terminal. */
export function auditTable(records: readonly AuditRecord[]): string {
  return table(
    ["ID", "OPENED", "OPERATION", "OPERATOR", "OUTCOME", "CHANGED"],
    records.map(({ id, openedAt, operation, operator, outcome, changed, undoes }) => [
      String(id),
      openedAt.toISOString().slice(0, 19),
      undoes === undefined ? operation : `${operation} (undoes ${undoes})`,
      operator.name,
      outcome,
      String(changed),
    ]),
  );
}

/** One audit record with the state before and after, as text for a terminal. */
export function drawAuditRecord(record: AuditRecord): string {
  const { before, after = {}, operator } = record;
  const facts: readonly (readonly [string, string])[] = [
    ["operation", record.operation],
    ["outcome", `${record.outcome}, ${record.changed} changed`],
    ["operator", `${operator.name} on ${operator.host}`],
    ["command", operator.command],
    ["reason", record.reason ?? "none given"],
    ["opened", record.openedAt.toISOString()],
    ["closed", record.closedAt?.toISOString() ?? "still open"],
    ["job", record.jobId],
    ["undoes", record.undoes === undefined ? "nothing" : `audit record ${record.undoes}`],
  ];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const states = fields.map((field) => [field, shown(before[field]), shown(after[field])]);
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    "",
    table(["STATE", "BEFORE", "AFTER"], states),
  ].join("\n");
}

/** Jobs as a table for a terminal. */
export function jobTable(jobs: readonly Job[]): string {
  return table(
    ["JOB", "PLANNED", "OPERATION", "STATUS", "CHANGED"],
    jobs.map(({ id, plannedAt, operation, status, changed }) => [
      id,
      plannedAt.toISOString().slice(0, 19),
      operation,
      status,
      String(changed),
    ]),
  );
}

/**
 * How a job that has begun and not ended continues.
 * @param run its last run
 */
export function continueLines({ id, status }: Job, run: AuditRecord | undefined): string[] {
  const command = run?.operator.command ?? "";
  if (status !== "RUNNING" && status !== "STOPPED") return [];
  if (!command.startsWith("onsale ")) return [];
  return ["", `Continue  ${continueCommand(command, id)}`];
}

function shown(value: unknown): string {
  if (value === undefined) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
