import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { z } from "zod";
import type { RandomStreams, SeededRandom } from "../../chance/seededRandom.ts";
import { below, between } from "../../chance/seededRandom.ts";
import { currentActor } from "../actor.ts";
import type { Faults } from "../faults.ts";
import type { PointCount } from "./exerciseReport.ts";
import type { OperatorPost } from "./operatorPost.ts";

/*
 * Kills of an operator's process. The product announces each point of a run on two diagnostics
 * channels. A point has the name of the runbook's step and of the point: `restart-worker.passed`
 * for the runbook itself, `restart-worker.run.saved` for the job of the run, and `restart-
 * worker.operation.saved` for the job of the step's operation.
 *
 * Each seed draws the share of points at which the operator dies. In some seeds it dies at every
 * point, once each, so that these seeds kill the operator after every step in turn. A kill is a
 * fault: a schedule can leave out each one by its id, `kill#restart-worker.passed`.
 */

/** Each share is equally likely. The last one kills the operator at every point. */
const KILL_SHARES = [0, 0.05, 0.05, 0.15, 0.15, 0.3, 0.3, 1] as const;
/** Time until the operator has a new process, ms. The lease of the run lasts longer. */
const DOWN_MS_MAX = 6_000;

const runbookEvent = z.object({ step: z.string(), point: z.string(), jobId: z.string() });
const stepEvent = z.object({ jobId: z.string(), step: z.string() });

/** Draws the share of points at which an operator is killed; 1 means every point in turn. */
export function killShareOf(streams: RandomStreams): number {
  return KILL_SHARES[below(streams("kills"), KILL_SHARES.length)] ?? 0;
}

/** Counts the points, and kills operators there. */
export class KillPoints {
  readonly #posts: readonly OperatorPost[];
  readonly #faults: Faults;
  readonly #streams: RandomStreams;
  readonly #share: number;
  readonly #points = new Map<string, PointCount>();
  readonly #onRunbook = (event: unknown): void => this.#atRunbookPoint(event);
  readonly #onStep = (event: unknown): void => this.#atStepPoint(event);

  constructor(posts: readonly OperatorPost[], faults: Faults, streams: RandomStreams) {
    this.#posts = posts;
    this.#faults = faults;
    this.#streams = streams;
    this.#share = killShareOf(streams);
  }

  listen(): void {
    subscribe("onsale:runbook-step", this.#onRunbook);
    subscribe("onsale:operation-step", this.#onStep);
  }

  close(): void {
    unsubscribe("onsale:runbook-step", this.#onRunbook);
    unsubscribe("onsale:operation-step", this.#onStep);
  }

  get points(): Readonly<Record<string, PointCount>> {
    return Object.fromEntries(this.#points);
  }

  #atRunbookPoint(event: unknown): void {
    const post = this.#speaker();
    if (!post) return;
    const { step, point } = runbookEvent.parse(event);
    post.step = step;
    this.#reach(post, `${step}.${point}`);
  }

  #atStepPoint(event: unknown): void {
    const post = this.#speaker();
    if (!post) return;
    const { jobId, step } = stepEvent.parse(event);
    this.#reach(post, `${post.step}.${jobId === post.jobId ? "run" : "operation"}.${step}`);
  }

  /** The operator whose process announces the point. Other runs may be under way too. */
  #speaker(): OperatorPost | undefined {
    const actor = currentActor();
    return this.#posts.find(({ process }) => process?.self === actor && actor !== undefined);
  }

  #reach(post: OperatorPost, point: string): void {
    const { reached, killed } = this.#points.get(point) ?? { reached: 0, killed: 0 };
    const isKilled = killed === 0 && this.#kills(point);
    this.#points.set(point, { reached: reached + 1, killed: killed + (isKilled ? 1 : 0) });
    if (isKilled) post.kill(point, Math.round(this.#downMs(point)));
  }

  #kills(point: string): boolean {
    const id = `kill#${point}`;
    if (this.#draw(`${id} happens`).next() >= this.#share) return false;
    if (this.#faults.areOver || !this.#faults.allows(id)) return false;
    this.#faults.happened.push(id);
    return true;
  }

  #downMs(point: string): number {
    return between(this.#draw(`kill#${point} lasts`), 0, DOWN_MS_MAX);
  }

  #draw(name: string): SeededRandom {
    return this.#streams(name);
  }
}
