import { CoreError, type RunbookReport } from "@onsale/core";
import { between, chance, type SeededRandom } from "../../chance/seededRandom.ts";
import type { Faults } from "../faults.ts";
import type { OperatorPost } from "./operatorPost.ts";

const SECOND_SHARE = 0.4;
/** The second operator begins within this time after the first, ms. */
const SECOND_WITHIN_MS = 3_000;

/** The dependencies of a second operator. */
export interface SecondOperatorSetting {
  readonly post: OperatorPost;
  readonly faults: Faults;
  readonly random: SeededRandom;
  /** Pause between two attempts, ms. */
  readonly pauseMs: number;
  sleep(ms: number): Promise<void>;
  run(post: OperatorPost, jobId: string): Promise<RunbookReport | undefined>;
  /** Called with the report of a run that failed. */
  onFailed(report: RunbookReport): Promise<void>;
  /** Reports an error of the operator's own code. */
  failed(error: unknown): void;
  note(text: string): void;
}

/**
 * In some seeds a second operator executes the first job at the same time. A refused operator
 * leaves the job to the other one. An operator who began a run finishes it.
 */
export class SecondOperator {
  readonly #setting: SecondOperatorSetting;
  #starts: boolean;
  #works = false;
  #refused = 0;

  constructor(setting: SecondOperatorSetting) {
    this.#setting = setting;
    const { random, faults } = setting;
    this.#starts = chance(random, SECOND_SHARE) && faults.allows("second-operator");
  }

  /** Whether the operator has begun and is not finished. */
  get works(): boolean {
    return this.#works;
  }

  /** Attempts that were refused, since another run was under way. */
  get refused(): number {
    return this.#refused;
  }

  /** Begins the work at the job, at most once in a run of a seed. */
  start(jobId: string): void {
    if (!this.#starts) return;
    this.#starts = false;
    this.#works = true;
    const { faults, failed } = this.#setting;
    faults.happened.push("second-operator");
    this.#work(jobId)
      .catch(failed)
      .finally(() => {
        this.#works = false;
      });
  }

  async #work(jobId: string): Promise<void> {
    const { post, random, pauseMs, sleep, run, onFailed, note } = this.#setting;
    post.jobId = jobId;
    for (let waitMs = between(random, 0, SECOND_WITHIN_MS); ; waitMs = pauseMs) {
      await sleep(waitMs);
      try {
        const report = await run(post, jobId);
        if (report?.status === "FAILED") await onFailed(report);
        if (report && report.status !== "STOPPED") return;
      } catch (error) {
        if (!(error instanceof CoreError)) throw error;
        if (error.code === "JOB_RUNNING") this.#refused += 1;
        note(`the second operator: ${error.code}`);
        if (!error.retryable || (waitMs !== pauseMs && error.code === "JOB_RUNNING")) return;
      }
    }
  }
}
