import { Args } from "@oclif/core";
import type { CoreContext, Job } from "@onsale/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

/** Jobs among which the beginning of an id is searched. */
const JOBS_MAX = 1000;
/** Maximum number of runs that are shown. */
const RUNS_MAX = 100;

/** `onsale job show` */
export default class JobShow extends AdminCommand {
  static override summary = "Show the plan and the progress of a job, and its runs";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001",
  ];
  static override args = {
    job: Args.string({
      required: true,
      description: "The job's id, or the beginning of the id of one of the newest 1,000 jobs",
    }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(JobShow);
    const { JobNotFoundError, planSchema } = await import("@onsale/core");
    const { factTable } = await import("../../operation/drawOperation.ts");
    const { auditTable, continueLines, jobTable } = await import("../../operation/drawAudit.ts");
    return this.withCore(async (core) => {
      const job = await findJob(core, args.job);
      if (!job) throw new JobNotFoundError(args.job);
      const runs = await core.operations.listAudit(null, { jobId: job.id, max: RUNS_MAX });
      const { facts, sample } = planSchema.parse(job.plan);
      this.print(jobTable([job]));
      for (const line of sample) this.print(`  ${line}`);
      if (Object.keys(facts).length > 0) this.print(`\n${factTable(facts)}`);
      if (runs.length > 0) this.print(`\n${auditTable(runs, [job])}`);
      for (const line of continueLines(job, runs[0])) this.print(line);
      return { job, runs };
    });
  }
}

/** @throws CliError when several jobs begin with the text */
async function findJob(core: CoreContext, id: string): Promise<Job | undefined> {
  const found = await core.operations.findJob(null, id);
  if (found || id === "") return found;
  const newest = await core.operations.listJobs(null, { status: undefined, max: JOBS_MAX });
  const [job, ...others] = newest.filter((one) => one.id.startsWith(id.toLowerCase()));
  if (others.length === 0) return job;
  throw new CliError("USAGE", `${others.length + 1} jobs begin with ${id}`, {
    exitCode: EXIT.usage,
    next: "Add more of the id; `onsale job list` shows the ids.",
  });
}
