import type { CoreContext } from "@onsale/core";
import { type ProcessHost, VirtualProcess } from "../virtualProcess.ts";

/**
 * The terminal of one operator: a process at a time, and a new one after a crash. The operator
 * keeps the id of the job outside the process.
 */
export class OperatorPost {
  readonly name: string;
  /** The job that the operator runs. */
  jobId: string | undefined;
  /** The step of the runbook that the process has reached. */
  step = "start";
  readonly #host: ProcessHost;
  #process: VirtualProcess | undefined;
  #lives = 0;
  #downUntilMs = 0;

  constructor(name: string, host: ProcessHost) {
    this.name = name;
    this.#host = host;
  }

  get process(): VirtualProcess | undefined {
    return this.#process;
  }

  /**
   * Does the work in the operator's process. Begins a new process first, if the old one has
   * crashed.
   * @returns undefined when the process crashed during the work
   */
  async work<T>(
    task: (core: CoreContext, process: VirtualProcess) => Promise<T>,
  ): Promise<T | undefined> {
    const { scheduler, stalls } = this.#host.network;
    await scheduler.sleep(stalls.owner, this.#downUntilMs - scheduler.elapsedMs);
    const process = this.#process?.isAlive ? this.#process : this.#begin();
    this.step = "start";
    return process.serve(process.self, (core) => task(core, process));
  }

  kill(point: string, downMs: number): void {
    this.#note("fault", `is killed at ${point}`);
    this.#process?.crash(downMs);
  }

  #begin(): VirtualProcess {
    this.#lives += 1;
    this.#note("note", this.#lives === 1 ? "starts" : "starts again");
    this.#process = new VirtualProcess(this.name, this.#lives, this.#host, (downMs) => {
      this.#downUntilMs = this.#host.network.scheduler.elapsedMs + downMs;
    });
    return this.#process;
  }

  #note(kind: "note" | "fault", text: string): void {
    const { trace, scheduler } = this.#host.network;
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor: this.name, kind, text });
  }
}
