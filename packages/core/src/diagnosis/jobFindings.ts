import { continueCommand } from "../operations/continueCommand.ts";
import { lastRecordOf } from "../operations/jobRecords.ts";
import { planSchema } from "../operations/planOperation.ts";
import { OPERATION_LEASE_PREFIX } from "../operations/targetLease.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Job } from "../ports/operationStore.ts";
import { type Finding, finding } from "./findingList.ts";

const JOBS_MAX = 100;

/**
 * Findings about jobs that operators started: a job that is RUNNING although no process runs it.
 */
export async function jobFindings(core: CoreContext): Promise<readonly Finding[]> {
  const running = await core.operations.listJobs(null, { status: "RUNNING", max: JOBS_MAX });
  if (running.length === 0) return [];
  const held = new Set((await core.leases.list(OPERATION_LEASE_PREFIX)).map(({ name }) => name));
  const abandoned = running.filter(({ plan }) => {
    const { target } = planSchema.parse(plan);
    return target !== undefined && !held.has(`${OPERATION_LEASE_PREFIX}${target}`);
  });
  const jobs = await Promise.all(
    abandoned.map(async (job) => ({ job, command: await commandOf(core, job) })),
  );
  return jobs.map(({ job: { id, operation, changed }, command }) => ({
    ...finding(
      "JOB_ABANDONED",
      `job ${id}`,
      `the job ${id} (${operation}) stopped after ${changed} changes without an end`,
    ),
    ...nextOf(id, command, jobs),
  }));
}

/** The command line of the job's last run; undefined for a run of the REST API. */
async function commandOf(core: CoreContext, { id }: Job): Promise<string | undefined> {
  const run = await lastRecordOf(core, id);
  return run?.operator.command.startsWith("onsale ") ? run.operator.command : undefined;
}

/**
 * The command that continues a job. A step of a runbook is a job of its own, with the command of
 * the runbook; it continues with the runbook's job.
 */
function nextOf(
  id: string,
  command: string | undefined,
  jobs: readonly { readonly job: Job; readonly command: string | undefined }[],
): { readonly next?: string } {
  if (command === undefined) return {};
  const outer = jobs.find(
    (other) => other.command === command && other.job.operation.startsWith("runbook."),
  );
  const line = continueCommand(command, outer?.job.id ?? id);
  return { next: `Run \`${line}\`: it continues the job. \`onsale job stop ${id}\` ends it.` };
}
