import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

const STATUSES = ["PLANNED", "RUNNING", "STOPPED", "DONE", "FAILED"] as const;

/** `onsale job list` */
export default class JobList extends AdminCommand {
  static override summary = "List the plans and jobs that operators made, newest first";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --status stopped",
  ];
  static override flags = {
    status: Flags.option({
      options: STATUSES.map((status) => status.toLowerCase()),
      description: "Jobs in this state only",
    })(),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many jobs" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(JobList);
    const { jobTable } = await import("../../operation/drawAudit.ts");
    const status = STATUSES.find((known) => known.toLowerCase() === flags.status);
    return this.withCore(async (core) => {
      const jobs = await core.operations.listJobs(null, { status, max: flags.limit });
      if (jobs.length === 0) this.say("There is no such job.");
      else this.print(jobTable(jobs));
      return { jobs };
    });
  }
}
