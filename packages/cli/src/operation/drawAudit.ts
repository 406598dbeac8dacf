import { type AuditRecord, continueCommand, type Job } from "@onsale/core";
import { table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { changeText } from "./changeText.ts";

/**
 * Audit records as a table for a terminal.
 * @param jobs the jobs of the records; a record without its job shows no target
 */
export function auditTable(records: readonly AuditRecord[], jobs: readonly Job[]): string {
  const jobOf = new Map(jobs.map((job) => [job.id, job]));
  return table(
    ["ID", "OPENED", "CHANGE", "OPERATOR", "OUTCOME", "CHANGED"],
    records.map((record) => [
      String(record.id),
      timeText(record.openedAt),
      changeOf(record, jobOf.get(record.jobId)),
      record.operator.name,
      record.outcome,
      String(record.changed),
    ]),
  );
}

/** The change of a run: "queue.configure queue:main mode: open -> paused (undoes 7)". */
function changeOf(record: AuditRecord, job: Job | undefined): string {
  const { operation, undoes, before, after = {} } = record;
  const [field, ...others] = Object.keys(after).filter((name) => before[name] !== after[name]);
  const isOne = field !== undefined && others.length === 0 && typeof after[field] !== "object";
  return [
    changeText({ operation, plan: job?.plan ?? {} }),
    ...(isOne ? [`${field}: ${shown(before[field])} -> ${shown(after[field])}`] : []),
    ...(undoes === undefined ? [] : [`(undoes ${undoes})`]),
  ].join(" ");
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
    ["JOB", "PLANNED", "CHANGE", "STATUS", "CHANGED"],
    jobs.map((job) => [
      job.id,
      timeText(job.plannedAt),
      changeText(job),
      job.status,
      String(job.changed),
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
