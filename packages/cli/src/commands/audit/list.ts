import { Flags } from "@oclif/core";
import type { AuditRecord, CoreContext, Job } from "@onsale/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale audit list` */
export default class AuditList extends AdminCommand {
  static override summary = "List the changes that operators made, newest first";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --operation queue.configure --limit 5",
  ];
  static override flags = {
    operation: Flags.string({ description: "Changes of this kind only" }),
    operator: Flags.string({ description: "Changes of this operator only" }),
    job: Flags.string({ description: "Runs of this job only" }),
    before: Flags.integer({ min: 1, description: "Records with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many records" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AuditList);
    const { auditTable } = await import("../../operation/drawAudit.ts");
    return this.withCore(async (core) => {
      const records = await core.operations.listAudit(null, {
        beforeId: flags.before,
        operation: flags.operation,
        operator: flags.operator,
        jobId: flags.job,
        max: flags.limit,
      });
      if (records.length === 0) {
        this.say("No operator has changed anything yet.");
      } else if (!this.jsonEnabled()) {
        this.print(auditTable(records, await jobsOf(core, records)));
      }
      return { records };
    });
  }
}

/** The jobs of the records, because only a job knows what its operation changes. */
async function jobsOf(core: CoreContext, records: readonly AuditRecord[]): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for (const id of new Set(records.map(({ jobId }) => jobId))) {
    const job = await core.operations.findJob(null, id);
    if (job !== undefined) jobs.push(job);
  }
  return jobs;
}
