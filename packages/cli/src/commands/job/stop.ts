import { Args, Flags } from "@oclif/core";
import { CliError, EXIT } from "../../cliError.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale job stop` */
export default class JobStop extends OperationCommand {
  static override summary = "Stop a running job of any operator between two of its steps";
  static override description =
    "The job keeps what its steps have changed, and continues with `--execute --job`. The run's " +
    "audit record names who asked for the stop. When the process of the run has died, the " +
    "command waits until the lease of the run has expired (10 s), and ends the job itself.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001",
  ];
  static override args = { job: Args.string({ required: true, description: "The job's id" }) };
  static override flags = {
    operator: operationFlags.operator,
    wait: Flags.integer({
      default: 15,
      min: 0,
      max: 600,
      description: "Seconds to wait until the run has stopped",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobStop);
    const { stopJob } = await import("@onsale/core");
    const { continueLines, jobTable } = await import("../../operation/drawAudit.ts");
    return this.withCore(async (core) => {
      const by = this.operator(flags).name;
      const job = await stopJob(core, { jobId: args.job, by, waitMs: flags.wait * 1000 });
      this.print(jobTable([job]));
      if (job.status === "RUNNING") {
        throw new CliError("JOB_STILL_RUNNING", `The job ${job.id} has not stopped yet`, {
          exitCode: EXIT.partial,
          next:
            "Repeat the command: it ends a job whose run has died, when no other run changes the " +
            "same thing.",
        });
      }
      const [run] = await core.operations.listAudit(null, { jobId: job.id, max: 1 });
      for (const line of continueLines(job, run)) this.print(line);
      return { job };
    });
  }
}
