import {
  type CoreContext,
  CoreError,
  findRunbook,
  planRunbook,
  type Runbook,
  type RunbookReport,
  runRunbook,
} from "@onsale/core";
import { between } from "../../chance/seededRandom.ts";
import type { Violation } from "../violations.ts";
import { checkExercise, failedStepOf } from "./checkExercise.ts";
import type { Exercise, ExerciseSetting } from "./exercise.ts";
import type { ExerciseReport } from "./exerciseReport.ts";
import type { Incident, IncidentStage } from "./incident.ts";
import { KillPoints } from "./killPoints.ts";
import { OperatorPost } from "./operatorPost.ts";
import { People } from "./people.ts";
import { SecondOperator } from "./secondOperator.ts";

/*
 * A runbook in the virtual engine. The incident begins at a time that the seed chooses. An operator
 * looks at the plan of the runbook until it detects the incident, and then runs the job. The
 * operator's process is killed at points that the seed chooses (killPoints.ts), and a new process
 * continues the same job. In some seeds a second operator executes the same job at the same time.
 * Meanwhile the sale and its faults go on. After the end the operator looks at the plan again, as
 * long as the sale lasts, and runs the runbook once more when its findings are back.
 *
 * A run that ends as
 * - DONE has ended the incident;
 * - STOPPED, or with an error that may pass, is continued as the same job;
 * - FAILED, or whose plan is no longer valid, is planned again as a new job, from the failed step.
 * Other faults may cause a failure. Kills alone must not, and a job that was planned after the
 * last fault must not fail.
 */

/** The incident begins before this time, ms, while buyers arrive. */
const BEGINS_UNTIL_MS = 8_000;
/** Pause between two attempts of the operator, ms. */
const PAUSE_MS = 2_000;
/** Pause between two plans after the end, ms. */
const WATCH_MS = 10_000;
/** When the findings are back after so many runs, the runbook does not help. */
const RERUNS_MAX = 3;
/**
 * Longest time of the runs, ms: about 40 kills, each with the lease of a dead run and the time
 * until the operator is back.
 */
const LONGEST_MS = 900_000;

const OPERATOR = { name: "operator", host: "virtual", command: "onsale runbook run" };

/** Makes the exercise of an incident. */
export function runbookExercise(incident: Incident, setting: ExerciseSetting): Exercise {
  return new RunbookExercise(incident, setting);
}

class RunbookExercise implements Exercise {
  readonly longestMs = LONGEST_MS;
  readonly #incident: Incident;
  readonly #setting: ExerciseSetting;
  readonly #runbook: Runbook;
  readonly #subject: string | undefined;
  readonly #stage: IncidentStage;
  readonly #first: OperatorPost;
  readonly #second: SecondOperator;
  readonly #people: People;
  readonly #kills: KillPoints;
  #isDone = false;
  /** True when the end is checked, so that the operator begins no other run. */
  #isChecked = false;
  #looks = 0;
  /** The step at which the next job begins, after a failed one. */
  #fromStep: string | undefined;
  readonly #counts = { detected: 0, attempts: 0, reruns: 0 };
  readonly #jobs: string[] = [];
  /** Jobs that were planned when no fault but kills could follow. */
  readonly #undisturbed = new Set<string>();
  /** The reason why the last attempt did not end the incident. */
  #last = "no attempt";
  readonly #violations: Violation[] = [];

  constructor(incident: Incident, setting: ExerciseSetting) {
    const { host, sale, processes, observer, loseRedis } = setting;
    const { servers, breakages } = host.installation;
    const { stalls, faults } = host.network;
    const { streams } = host.plan;
    this.#incident = incident;
    this.#setting = setting;
    this.#runbook = findRunbook(incident.runbook);
    this.#subject = this.#runbook.subject === "queue" ? sale.queueId : undefined;
    const random = streams("incident");
    this.#stage = {
      ...{ sale, processes, stalls, observer, random, loseRedis, servers, breakages },
      repairs: [],
    };
    const note = (text: string): void => this.#note("person", text);
    this.#people = new People({ incident, stage: this.#stage, note });
    this.#first = new OperatorPost("runbook-1", host);
    const post = new OperatorPost("runbook-2", host);
    this.#kills = new KillPoints([this.#first, post], faults, streams);
    this.#second = new SecondOperator({
      ...{ post, faults, random: streams("second operator"), pauseMs: PAUSE_MS },
      sleep: (ms) => this.#sleep(ms),
      run: (by, jobId) => this.#run(by, jobId),
      onFailed: (report) => this.#secondFailed(report),
      failed: setting.failed("an operator"),
      note: (text) => this.#note("runbook", text),
    });
  }

  start(): void {
    this.#kills.listen();
    this.#begin().catch(this.#setting.failed("an operator"));
  }

  isDone(): boolean {
    return this.#isDone && !this.#second.works;
  }

  unfinished(): readonly string[] {
    return this.isDone() ? [] : [`the runbook is not done: ${this.#last}`];
  }

  async check(): Promise<readonly Violation[]> {
    this.#isChecked = true;
    const end = { runbook: this.#runbook, subject: this.#subject, jobs: this.#jobs };
    return [...this.#violations, ...(await checkExercise(this.#stage.observer, end))];
  }

  report(): ExerciseReport {
    const { refused } = this.#second;
    return { points: this.#kills.points, jobs: this.#jobs.length, refused, ...this.#counts };
  }

  end(): void {
    this.#kills.close();
  }

  async #begin(): Promise<void> {
    await this.#sleep(between(this.#stage.random, 0, BEGINS_UNTIL_MS));
    this.#note("incident", `begins; runbook ${this.#runbook.name}`);
    await this.#incident.cause?.(this.#stage);
    while (!this.#isChecked) {
      if (!this.#isDone) await this.#attempt();
      else if (!this.#second.works) await this.#watch();
      await this.#sleep(this.isDone() ? WATCH_MS : PAUSE_MS);
    }
  }

  /** One attempt of the first operator to bring the work to its end. */
  async #attempt(): Promise<void> {
    try {
      const { jobId } = this.#first;
      if (jobId === undefined) {
        this.#first.jobId = await this.#first.work((core) => this.#plan(core));
        return;
      }
      this.#second.start(jobId);
      const report = await this.#run(this.#first, jobId);
      if (report) await this.#conclude(report);
    } catch (error) {
      if (!(error instanceof CoreError)) return this.#setting.failed("an operator")(error);
      await this.#passOver(error);
    }
  }

  /** Plans the runbook. Returns the job when the plan detects the incident, or after many looks. */
  async #plan(core: CoreContext): Promise<string | undefined> {
    const { name } = this.#runbook;
    const request = { runbook: name, subject: this.#subject, fromStep: this.#fromStep };
    const { job, plan } = await planRunbook(core, request);
    const isDetected = plan.facts.detected !== "nothing";
    this.#looks += 1;
    const waits = !isDetected && this.#looks <= this.#incident.looksMax;
    if (this.#incident.cause && waits) return undefined;
    if (isDetected) this.#counts.detected = 1;
    return this.#noted(job.id);
  }

  /** Looks again after the end. Findings that are back need another run. */
  async #watch(): Promise<void> {
    const { name, detection } = this.#runbook;
    if (detection.length === 0 || this.#counts.reruns === RERUNS_MAX) return;
    const request = { runbook: name, subject: this.#subject };
    const planned = await this.#first.work((core) => planRunbook(core, request)).catch(unplanned);
    const detected = String(planned?.plan.facts.detected).split(" ");
    if (!planned || this.#isChecked || !detection.some((code) => detected.includes(code))) return;
    this.#note("runbook", `is needed again: ${detected.join(" ")}`);
    this.#counts.reruns += 1;
    this.#fromStep = undefined;
    this.#isDone = false;
    this.#first.jobId = this.#noted(planned.job.id);
  }

  #noted(jobId: string): string {
    this.#jobs.push(jobId);
    if (this.#onlyKillsFollow()) this.#undisturbed.add(jobId);
    return jobId;
  }

  #onlyKillsFollow(): boolean {
    const { plan, network } = this.#setting.host;
    const { callFaultShare, scheduledFaults } = plan.profile;
    return network.faults.areOver || callFaultShare + scheduledFaults === 0;
  }

  #run(post: OperatorPost, jobId: string): Promise<RunbookReport | undefined> {
    this.#counts.attempts += 1;
    const { isDangerous, name } = this.#runbook;
    const { scheduler } = this.#setting.host.network;
    return post.work((core, process) =>
      runRunbook(core, {
        ...{ jobId, operator: OPERATOR, reason: "explored" },
        handlers: this.#people.handlersOf((ms) => scheduler.sleep(process, ms)),
        confirmation: isDangerous ? name : undefined,
      }),
    );
  }

  async #conclude(report: RunbookReport): Promise<void> {
    const { status, failedStep, stopped, verifications } = report;
    const untrue = verifications.filter(({ holds }) => !holds);
    const reasons = untrue.map(({ claim, read }) => `${claim}: ${read}`);
    this.#learn([status, failedStep, stopped?.detail, ...reasons].filter(Boolean).join("; "));
    if (status === "DONE") this.#isDone = true;
    else if (status === "FAILED") await this.#giveUpJob(failedStep);
  }

  /** A failed job does not continue, so the next attempt plans a new one from the failed step. */
  async #giveUpJob(failedStep: string | undefined): Promise<void> {
    const { jobId } = this.#first;
    this.#first.jobId = undefined;
    this.#fromStep = failedStep;
    if (await this.#people.takeOver()) return;
    if (jobId !== undefined && this.#undisturbed.has(jobId)) {
      this.#violate("a run failed without a fault that explains it", this.#last);
    }
  }

  async #passOver(error: CoreError): Promise<void> {
    this.#learn(`${error.code}: ${error.message} ${JSON.stringify(error.details)}`);
    if (error.code.startsWith("PLAN_")) this.#first.jobId = undefined;
    if (error.code === "JOB_FAILED") await this.#giveUpJob(failedStepOf(error));
    if (error.code === "RUNBOOK_PRECONDITION") {
      await this.#people.preconditionFailed();
    } else if (this.#first.jobId === undefined && error.retryable) {
      if (await this.#people.planFailed(this.#first)) this.#counts.detected = 1;
    }
  }

  /**
   * The incident is not over, although the first operator has ended another job. An operator who is
   * still at a job continues it: a job that is given up half way leaves the job of its step open.
   */
  async #secondFailed(report: RunbookReport): Promise<void> {
    if (!this.#isDone || this.#first.jobId === report.jobId) return;
    this.#isDone = false;
    await this.#conclude(report);
  }

  #violate(message: string, read: string): void {
    const ids = { runbook: this.#runbook.name, read };
    this.#violations.push({ check: "runbook", message, ids });
  }

  #learn(text: string): void {
    this.#last = text;
    this.#note("runbook", text);
  }

  #sleep(ms: number): Promise<void> {
    const { scheduler, stalls } = this.#setting.host.network;
    return scheduler.sleep(stalls.owner, ms);
  }

  #note(actor: string, text: string): void {
    const { trace, scheduler } = this.#setting.host.network;
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "note", text });
  }
}

/** A server is down; the operator looks again later. */
function unplanned(error: unknown): undefined {
  if (!(error instanceof CoreError)) throw error;
}
