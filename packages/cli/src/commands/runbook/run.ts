import { Args, Flags } from "@oclif/core";
import type { CoreContext, RunbookRequest } from "@onsale/core";
import {
  exitCodeOf,
  OperationCommand,
  type OperationRequest,
} from "../../operation/operationCommand.ts";
import { operationFlags, timeoutFlag } from "../../operation/operationFlags.ts";

/** `onsale runbook run` */
export default class RunbookRun extends OperationCommand {
  static override summary = "Plan a runbook with its figures, or run its steps in order";
  static override description =
    "Each step has a condition, which the run checks after the step. A step whose condition is " +
    "already true is left out. A manual step shows its instruction and waits until its condition " +
    "is true; without a condition, it asks at the terminal. If the condition is not true in " +
    "time, the run stops with exit code 3, and `--execute --job` continues it. The first step " +
    "that fails ends the run with exit code 5; " +
    "`onsale undo` of the audit record reverts the steps of the run.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> queue-stuck",
    "<%= config.bin %> <%= command.id %> queue-stuck --execute --reason 'buyers complain'",
    {
      description: "Continue after the work of a manual step that has no condition",
      command:
        "<%= config.bin %> <%= command.id %> sale-pause-resume --execute --acknowledge work " +
        "--job 019a0e52-7c1f-7000-8000-000000000001",
    },
    "<%= config.bin %> <%= command.id %> sale-pause-resume --subject main --from-step resume",
  ];
  static override args = {
    name: Args.string({ required: true, description: "The runbook's name" }),
  };
  static override flags = {
    ...operationFlags,
    timeout: timeoutFlag(),
    subject: Flags.string({
      description: "The queue; when left out, the affected queue or the only queue",
    }),
    "from-step": Flags.string({ description: "Begin with this step: its name or its number" }),
    acknowledge: Flags.string({
      description: "Name of a manual step that has no condition and was done",
      multiple: true,
    }),
  };

  protected override readonly fieldFlags = { subject: "--subject", fromStep: "--from-step" };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookRun);
    const { subject, "from-step": fromStep } = flags;
    const request = { runbook: args.name, subject, fromStep };
    const { planRunbook } = await import("@onsale/core");
    return this.withCore(async (core) =>
      flags.execute
        ? this.#execute(core, request, flags)
        : this.showPlan(await planRunbook(core, request)),
    );
  }

  async #execute(
    core: CoreContext,
    request: RunbookRequest,
    flags: OperationRequest & { readonly acknowledge?: readonly string[] | undefined },
  ): Promise<unknown> {
    const { findRunbook, runRunbook } = await import("@onsale/core");
    const { runbookSteps } = await import("../../runbook/runbookSteps.ts");
    const { withSteps } = await import("../../terminal/stepDisplay.ts");
    const { drawRunbookReport } = await import("../../runbook/drawRunbookReport.ts");
    const steps = runbookSteps({
      ...{ runbook: findRunbook(request.runbook), open: await this.stepDisplay() },
      ...{ acknowledged: flags.acknowledge ?? [], interrupt: () => this.interrupt() },
    });
    const order = {
      ...{ request, jobId: flags.job, operator: this.operator(flags), timeoutMs: flags.timeout },
      ...{ signal: this.interruptSignal(), handlers: steps.handlers, onProgress: steps.onProgress },
    };
    const { runbook, ...report } = await withSteps(steps, () =>
      this.withPermission(flags, (permission) => runRunbook(core, { ...order, ...permission })),
    );
    this.print(drawRunbookReport({ runbook, ...report }));
    process.exitCode = exitCodeOf(report);
    return { executed: true, runbook: runbook.name, ...report };
  }
}
