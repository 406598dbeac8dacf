import { hostname, userInfo } from "node:os";
import type { Interfaces } from "@oclif/core";
import type { AbortReading, CoreContext, JobReport, Operator, PlannedJob } from "@onsale/core";
import { AdminCommand } from "../adminCommand.ts";
import { CliError, type ErrorReport, EXIT } from "../cliError.ts";
import { redactArguments } from "./redactArguments.ts";
import type { Permission } from "./withPermission.ts";

/** The values of the operation flags of a command line. */
export interface OperationRequest {
  readonly execute: boolean;
  readonly job?: string | undefined;
  readonly reason?: string | undefined;
  readonly confirm?: string | undefined;
  readonly operator?: string | undefined;
  /** The audit record that the change reverts. */
  readonly undoes?: number | undefined;
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

  /** The flags that give the fields of the operation's input, for messages about a field. */
  protected readonly fieldFlags: Readonly<Record<string, string>> = {};

  /**
   * Plans the operation and prints the plan; with --execute runs the plan and prints the result.
   * @param input of the operation, as its schema in core describes it
   */
  protected runOperation(name: string, input: object, request: OperationRequest): Promise<unknown> {
    return this.withCore((core) =>
      request.execute
        ? this.#execute(core, name, input, request)
        : this.#plan(core, name, input, request),
    );
  }

  /** Refuses flags that contradict each other. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    requireExecute(parsed.flags);
    return parsed;
  }

  /** The person at this terminal, for the audit record. */
  protected operator({ operator }: Pick<OperationRequest, "operator">): Operator {
    return {
      name: operator ?? userInfo().username,
      host: hostname(),
      command: this.#commandLine(),
    };
  }

  /** The words that were typed, without secrets. */
  #commandLine(): string {
    return redactArguments(["onsale", ...(this.id ?? "").split(":"), ...this.argv]);
  }

  /** Names the flag of a wrong field, and the command that continues a job. */
  protected override async completed(given: ErrorReport): Promise<ErrorReport> {
    const report = await super.completed(given);
    const { code, details = {}, message } = report;
    const { field, jobId, jobStatus } = details;
    const flag = typeof field === "string" ? flagOf(this.fieldFlags, field) : undefined;
    if (code === "INVALID_INPUT" && flag !== undefined) {
      const rule = message.startsWith(`${field}: `) ? message.slice(`${field}: `.length) : message;
      const next = "Add --help to see the usage.";
      return { ...report, message: `${flag}: ${rule}`, next, exitCode: EXIT.usage };
    }
    const canContinue = jobStatus === "STOPPED" || jobStatus === "RUNNING";
    const isRefused = code === "PLAN_MISSING" || code === "CANNOT_UNDO";
    if (!isRefused || !canContinue || typeof jobId !== "string") return report;
    const { continueCommand } = await import("@onsale/core");
    return { ...report, next: `Continue it: ${continueCommand(this.#commandLine(), jobId)}` };
  }

  /** Runs a change with the permission of the flags, and asks for what is missing. */
  protected async withPermission<T>(
    { confirm: confirmation, reason }: OperationRequest,
    run: (permission: Permission) => Promise<T>,
  ): Promise<T> {
    const { withPermission } = await import("./withPermission.ts");
    const { permissionPrompts } = await import("./permissionPrompts.ts");
    const questions = this.canAsk ? permissionPrompts(this.interruptSignal()) : undefined;
    return withPermission({ confirmation, reason }, questions, run);
  }

  /**
   * Prints a plan.
   * @param abortIf the conditions at which a run of the plan will stop
   * @returns the JSON form
   */
  protected async showPlan(
    planned: PlannedJob,
    abortIf: readonly AbortReading[] = [],
  ): Promise<unknown> {
    const { drawPlan } = await import("./drawOperation.ts");
    this.print(drawPlan(planned, abortIf));
    const { job, plan, confirmation } = planned;
    return {
      ...{ executed: false, operation: job.operation, jobId: job.id, planHash: job.planHash },
      ...{ validUntil: job.validUntil, plan, confirmation, abortIf },
    };
  }

  async #plan(
    core: CoreContext,
    name: string,
    input: object,
    request: OperationRequest,
  ): Promise<unknown> {
    const { findOperation, planOperation } = await import("@onsale/core");
    const { abortConditions } = await import("./abortCondition.ts");
    const conditions = abortConditions(core, request["abort-if"]);
    const planned = await planOperation(core, { operation: findOperation(name), input });
    return this.showPlan(planned, await conditions.read());
  }

  async #execute(
    core: CoreContext,
    name: string,
    input: object,
    request: OperationRequest,
  ): Promise<unknown> {
    const { continueCommand, executeOperation, findOperation } = await import("@onsale/core");
    const { abortConditions } = await import("./abortCondition.ts");
    const { operationSteps } = await import("./operationSteps.ts");
    const { withSteps } = await import("../terminal/stepDisplay.ts");
    const { drawReport } = await import("./drawOperation.ts");
    const conditions = abortConditions(core, request["abort-if"]);
    for (const { text, value, read } of await conditions.read()) {
      if (value !== undefined) continue;
      this.say(`${text} does not hold: ${read}. It is read before each step.`);
    }
    const steps = operationSteps(await this.stepDisplay());
    const order = {
      ...{ operation: findOperation(name), input, jobId: request.job },
      undoes: request.undoes,
      ...{ max: request.max, perSecond: request.rps, timeoutMs: request.timeout },
      signal: this.interruptSignal(),
      operator: this.operator(request),
      abortIf: conditions.check,
      onProgress: steps.onProgress,
    };
    const report = await withSteps(steps, () =>
      this.withPermission(request, (permission) =>
        executeOperation(core, { ...order, ...permission }),
      ),
    );
    this.print(drawReport(report, continueCommand(this.#commandLine(), report.jobId)));
    process.exitCode = exitCodeOf(report);
    return { executed: true, ...report };
  }
}

/** Flags that only a run of a plan reads. */
const FLAGS_OF_RUN = ["job", "acknowledge"] as const;

/**
 * The relations of flags that oclif could check too. Its usage line would show them as if --execute
 * needed --job.
 */
function requireExecute(flags: Readonly<Record<string, unknown>>): void {
  const alone = FLAGS_OF_RUN.find((name) => flags[name] !== undefined && !flags.execute);
  const next = "Add --help to see the usage.";
  if (alone !== undefined) {
    throw new CliError("USAGE", `--${alone} needs --execute`, { exitCode: EXIT.usage, next });
  }
  if (flags.execute && flags["dry-run"]) {
    const message = "--dry-run and --execute contradict each other";
    throw new CliError("USAGE", message, { exitCode: EXIT.usage, next });
  }
}

/** The flag of a field, or of the field that contains it: `ids` for `ids.0`. */
function flagOf(flags: Readonly<Record<string, string>>, field: string): string | undefined {
  const parent = field.slice(0, Math.max(0, field.lastIndexOf(".")));
  return flags[field] ?? (parent === "" ? undefined : flagOf(flags, parent));
}

/** The exit code of a run. A stop that needs a person counts as a missing precondition. */
export function exitCodeOf({ status, stopped }: Pick<JobReport, "status" | "stopped">): number {
  if (status === "DONE") return EXIT.ok;
  if (status !== "STOPPED") return EXIT.unverified;
  const needsPerson = stopped?.reason === "operator" || stopped?.reason === "refused";
  return needsPerson ? EXIT.precondition : EXIT.partial;
}
