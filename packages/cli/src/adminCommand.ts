import { Command, Flags } from "@oclif/core";
import type { CoreContext, ServersConfig } from "@onsale/core";
import {
  describeReport,
  type ErrorReport,
  EXIT,
  INTERRUPTED,
  reportOf,
  UNREACHABLE_NEXT,
} from "./cliError.ts";
import type { Installation } from "./installation.ts";
import { Interruption } from "./interruption.ts";
import { isPromptEnd } from "./terminal/promptEnd.ts";
import type { RunTerminal } from "./terminal/runTerminal.ts";
import type { OpenStepDisplay, StepDisplay } from "./terminal/stepDisplay.ts";

/** Version of the JSON that `--json` prints. It increases when a field changes its meaning. */
export const JSON_SCHEMA_VERSION = 1;

/**
 * The base class of every command. Data goes to stdout (`print`) and messages go to stderr (`say`),
 * so that a pipe receives only data. With `--json`, the command prints the value that it returns.
 * An error is shown with its code, its cause and the next step.
 */
export abstract class AdminCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    quiet: Flags.boolean({
      char: "q",
      description: "Print data and errors only",
      helpGroup: "GLOBAL",
    }),
    "no-input": Flags.boolean({
      description: "Never ask at a terminal; what is missing is an error",
      helpGroup: "GLOBAL",
    }),
    profile: Flags.string({
      description: "Settings of one installation, from a file; see docs/operate",
      env: "ONSALE_PROFILE",
      helpGroup: "GLOBAL",
    }),
  };

  /** Whether the command runs until SIGTERM: its exit code after a clean stop is then 0. */
  protected readonly isService: boolean = false;

  #interruption: Interruption | undefined;
  #installation: Installation | undefined;
  /** The list of steps that the terminal shows now; it holds other lines on stderr back. */
  #liveSteps: StepDisplay | undefined;

  /**
   * With --json, a signal prints an object too, so that a reader never gets an empty output. A
   * command with a signal of its own (`interruptSignal`) stops in order instead.
   */
  protected override async init(): Promise<void> {
    await super.init();
    if (!this.jsonEnabled()) return;
    process.once("SIGINT", this.#endAtOnce).once("SIGTERM", this.#endAtOnce);
  }

  readonly #endAtOnce = (): void => {
    this.#writeInterrupted();
    process.exit(EXIT.interrupted);
  };

  /** Writes at once, because the process ends now. */
  #writeInterrupted(): void {
    if (!this.jsonEnabled()) return;
    process.stdout.write(`${JSON.stringify(this.toErrorJson(INTERRUPTED), null, 2)}\n`);
  }

  #leaveSignals(): void {
    process.off("SIGINT", this.#endAtOnce).off("SIGTERM", this.#endAtOnce);
  }

  /** Prints a line of data for people. Not printed with --json, which prints the returned value. */
  protected print(line = ""): void {
    this.log(line);
  }

  /** Shows a message at the terminal. Messages are never data. */
  protected say(line: string): void {
    if (this.quiet) return;
    if (this.#liveSteps) this.#liveSteps.note(line);
    else process.stderr.write(`${line}\n`);
  }

  protected get quiet(): boolean {
    return this.argv.includes("--quiet") || this.argv.includes("-q");
  }

  /** Whether a person is at the terminal and may be asked. */
  protected get canAsk(): boolean {
    const isTerminal = process.stdin.isTTY && process.stderr.isTTY && process.env.TERM !== "dumb";
    return isTerminal && !this.quiet && !this.jsonEnabled() && !this.argv.includes("--no-input");
  }

  /**
   * Returns how to show the steps of a run: a list that updates itself on a terminal, lines
   * elsewhere, nothing with --quiet.
   */
  protected async stepDisplay(): Promise<OpenStepDisplay> {
    const { hiddenSteps, plainSteps } = await import("./terminal/stepDisplay.ts");
    if (this.quiet) return hiddenSteps;
    if (!process.stderr.isTTY || process.env.TERM === "dumb") {
      return plainSteps((line) => this.say(line));
    }
    const { liveSteps } = await import("./terminal/liveSteps.ts");
    return (steps) => {
      const display = liveSteps(steps, { canAsk: this.canAsk });
      this.#liveSteps = display;
      const close = (): Promise<void> => {
        this.#liveSteps = undefined;
        return display.close();
      };
      return { ...display, close };
    };
  }

  /**
   * Returns a signal that aborts at the first Ctrl-C or SIGTERM. A command that uses it must then
   * stop by itself.
   */
  protected interruptSignal(): AbortSignal {
    return this.#interruptible().signal;
  }

  /** Stops the command like Ctrl-C. */
  protected interrupt(): void {
    this.#interruptible().interrupt();
  }

  /**
   * Listens before it leaves the signals of `init`: Node drops a signal that waits for the event
   * loop, as while modules load, when the last listener goes.
   */
  #interruptible(): Interruption {
    this.#interruption ??= new Interruption(
      () => this.say("Stopping. Press Ctrl-C again to stop immediately."),
      () => this.#writeInterrupted(),
    ).listen();
    this.#leaveSignals();
    return this.#interruption;
  }

  /**
   * Calls `look` immediately and then every `everyMs`, until Ctrl-C or until the reader of stdout
   * has ended. With --json, prints one line of JSON for each call.
   * @param look prints for people, and returns the data of the JSON form
   */
  protected async watch(everyMs: number, look: () => Promise<unknown>): Promise<void> {
    const { repeatUntil } = await import("./repeatUntil.ts");
    const gone = new AbortController();
    const leave = () => gone.abort();
    process.stdout.once("error", leave).once("close", leave);
    const signal = AbortSignal.any([this.interruptSignal(), gone.signal]);
    await repeatUntil(signal, everyMs, async () => {
      const data = await look();
      if (this.jsonEnabled()) {
        process.stdout.write(`${JSON.stringify(this.toSuccessJson(data))}\n`);
      }
    });
    process.stdout.off("error", leave).off("close", leave);
  }

  /** Returns the terminal of a command that runs until it is interrupted. */
  protected runTerminal(): RunTerminal {
    return {
      signal: this.interruptSignal(),
      say: (line) => this.say(line),
      print: (line) => this.print(line),
      progressOn: this.quiet ? undefined : process.stderr,
    };
  }

  /**
   * Opens core on one installation: the servers of the profile, of the environment, or of the
   * running devstack. Shows which installation it is, runs the work and closes core again.
   * @throws CliError with exit code 3 when there are no servers or the schema is not current
   */
  protected async withCore<T>(
    work: (core: CoreContext, config: ServersConfig) => Promise<T>,
  ): Promise<T> {
    const { openOperatorCore } = await import("./openQuietCore.ts");
    const config = await this.operatorConfig();
    const opened = await openOperatorCore(config);
    try {
      return await work(opened.core, config);
    } finally {
      await opened.close();
    }
  }

  /** Reads the settings of the installation, and shows which installation it is. */
  protected async operatorConfig(): Promise<ServersConfig> {
    const { readOperatorConfig } = await import("./openQuietCore.ts");
    const { installationText } = await import("./installation.ts");
    const { config, installation } = await readOperatorConfig(this.profileName());
    this.#installation = installation;
    if (!this.jsonEnabled()) this.say(installationText(installation));
    return config;
  }

  /** The profile that --profile or ONSALE_PROFILE names. */
  protected profileName(): string | undefined {
    const flag = this.argv.indexOf("--profile");
    const joined = this.argv.find((word) => word.startsWith("--profile="));
    if (joined !== undefined) return joined.slice("--profile=".length);
    // A blank variable counts as unset, as every other one.
    return flag >= 0 ? this.argv[flag + 1] : process.env.ONSALE_PROFILE?.trim() || undefined;
  }

  /** Makes the command end with the exit code for a violation, after its data has been printed. */
  protected fail(): void {
    process.exitCode = EXIT.failure;
  }

  protected override toSuccessJson(result: unknown): unknown {
    const installation = this.#installation;
    return { schemaVersion: JSON_SCHEMA_VERSION, command: this.id, installation, data: result };
  }

  protected override async catch(error: Error): Promise<void> {
    if (this.#interruption?.signal.aborted && error.name === "AbortError") {
      if (this.jsonEnabled()) this.logJson(this.toErrorJson(INTERRUPTED));
      return;
    }
    if (isPromptEnd(error)) {
      this.say("This run has changed nothing.");
      process.exitCode = EXIT.interrupted;
      return;
    }
    if ("code" in error && error.code === "EEXIT") return super.catch(error);
    const report = await this.completed(reportOf(error, this.#variablesOfFlags()));
    process.exitCode = report.exitCode;
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(report));
    else process.stderr.write(describeReport(report));
    if (process.env.DEBUG?.includes("onsale")) process.stderr.write(`${error.stack}\n`);
  }

  /** Adds to an error what only this command knows, such as a command line to copy. */
  protected async completed(report: ErrorReport): Promise<ErrorReport> {
    const installation = this.#installation;
    const isOfStack = installation === undefined || installation.from === "devstack";
    if (report.next !== UNREACHABLE_NEXT || isOfStack) return report;
    const { unreachableNext } = await import("./installation.ts");
    return { ...report, next: unreachableNext(installation, report.details?.dependency) };
  }

  /** The set environment variables that give values to flags of this command. */
  #variablesOfFlags(): ReadonlyMap<string, string> {
    return new Map(
      Object.entries(this.ctor.flags ?? {}).flatMap(([name, { env }]) =>
        env !== undefined && process.env[env] ? [[`--${name}`, env] as const] : [],
      ),
    );
  }

  protected override toErrorJson(error: unknown): unknown {
    const { exitCode, ...shown } =
      error instanceof Error ? reportOf(error) : { exitCode: EXIT.failure, ...Object(error) };
    return { schemaVersion: JSON_SCHEMA_VERSION, command: this.id, error: shown, exitCode };
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    const cause = this.#interruption?.cause;
    const isUsualEnd = this.isService && cause === "SIGTERM" && error === undefined;
    if (cause !== undefined && !isUsualEnd) process.exitCode = EXIT.interrupted;
    this.#leaveSignals();
    this.#interruption?.stopListening();
    await super.finally(error);
  }
}
