import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Maximum number of runs that are shown. */
const RUNS_MAX = 100;

/** `onsale job show` */
export default class JobShow extends AdminCommand {
  static override summary = "Show the plan and the progress of a job, and its runs";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001",
  ];
  static override args = { job: Args.string({ required: true, description: "The job's id" }) };

  async run(): Promise<unknown> {
    const { args } = await this.parse(JobShow);
    const { JobNotFoundError, planSchema } = await import("@onsale/core");
    const { auditTable, continueLines, jobTable } = await import("../../operation/drawAudit.ts");
    return this.withCore(async (core) => {
      const job = await core.operations.findJob(null, args.job);
      if (!job) throw new JobNotFoundError(args.job);
      const runs = await core.operations.listAudit(null, { jobId: job.id, max: RUNS_MAX });
      const { sample } = planSchema.parse(job.plan);
      this.print(jobTable([job]));
      for (const line of sample) this.print(`  ${line}`);
      if (runs.length > 0) this.print(`\n${auditTable(runs)}`);
      for (const line of continueLines(job, runs[0])) this.print(line);
      return { job, runs };
    });
  }
}
