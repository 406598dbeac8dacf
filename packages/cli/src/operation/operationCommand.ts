import { hostname, userInfo } from "node:os";
import type { CoreContext, JobReport, Operator, PlannedJob } from "@onsale/core";
import { AdminCommand } from "../adminCommand.ts";
import { EXIT } from "../cliError.ts";
import { redactArguments } from "./redactArguments.ts";

/** The values of the operation flags of a command line. */
export interface OperationRequest {
  readonly execute: boolean;
  readonly job?: string | undefined;
  readonly reason?: string | undefined;
  readonly confirm?: string | undefined;
  readonly operator?: string | undefined;
  readonly rps?: number | undefined;
  readonly max?: number | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly "abort-if"?: readonly string[] | undefined;
}

/** The base class of commands that change something: they plan first, and execute on demand. */
export abstract class OperationCommand extends AdminCommand {
  // The manifest has the statics of base classes up to the first one without own statics.
  static override enableJsonFlag = true;

  /**
   * Plans the operation and prints the plan; with --execute runs the plan and prints the result.
   * @param input of the operation, as its schema in core describes it
   */
  protected runOperation(name: string, input: object, request: OperationRequest): Promise<unknown> {
    return this.withCore((core) =>
      request.execute ? this.#execute(core, name, input, request) : this.#plan(core, name, input),
    );
  }

  /** The person at this terminal, for the audit record. */
  protected operator({ operator }: Pick<OperationRequest, "operator">): Operator {
    return {
      name: operator ?? userInfo().username,
      host: hostname(),
      command: redactArguments(["onsale", this.id ?? "", ...this.argv]),
    };
  }

  /** Prints a plan. @returns the JSON form */
  protected async showPlan(planned: PlannedJob): Promise<unknown> {
    const { drawPlan } = await import("./drawOperation.ts");
    this.print(drawPlan(planned));
    const { job, plan, confirmation } = planned;
    return {
      ...{ executed: false, operation: job.operation, jobId: job.id, planHash: job.planHash },
      ...{ validUntil: job.validUntil, plan, confirmation },
    };
  }

  async #plan(core: CoreContext, name: string, input: object): Promise<unknown> {
    const { findOperation, planOperation } = await import("@onsale/core");
    return this.showPlan(await planOperation(core, { operation: findOperation(name), input }));
  }

  async #execute(
    core: CoreContext,
    name: string,
    input: object,
    request: OperationRequest,
  ): Promise<unknown> {
    const { executeOperation, findOperation } = await import("@onsale/core");
    const { abortCondition } = await import("./abortCondition.ts");
    const { operationProgress } = await import("./operationProgress.ts");
    const { drawReport } = await import("./drawOperation.ts");
    const progress = operationProgress(this.quiet ? undefined : process.stderr);
    const report = await executeOperation(core, {
      ...{ operation: findOperation(name), input, jobId: request.job },
      ...{ reason: request.reason, confirmation: request.confirm },
      ...{ max: request.max, perSecond: request.rps, timeoutMs: request.timeout },
      signal: this.interruptSignal(),
      operator: this.operator(request),
      abortIf: abortCondition(core, request["abort-if"] ?? []),
      onProgress: progress.show,
    }).finally(() => progress.end());
    this.print(drawReport(report));
    process.exitCode = exitCodeOf(report);
    return { executed: true, ...report };
  }
}

/** The exit code of a run. A stop that needs a person counts as a missing precondition. */
export function exitCodeOf({ status, stopped }: Pick<JobReport, "status" | "stopped">): number {
  if (status === "DONE") return EXIT.ok;
  if (status !== "STOPPED") return EXIT.unverified;
  const needsPerson = stopped?.reason === "operator" || stopped?.reason === "refused";
  return needsPerson ? EXIT.precondition : EXIT.partial;
}
