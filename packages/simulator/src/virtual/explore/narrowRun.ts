import type { SeedResult } from "../runSeed.ts";
import type { Schedule } from "../schedule.ts";
import { ddmin } from "./ddmin.ts";
import { replayText } from "./scheduleText.ts";

/** The faults that happened in a failing run, and the choices of its scheduler. */
type Course = Pick<SeedResult, "faults" | "choices">;

/**
 * Runs a schedule. Returns its course if it failed, false if it passed, and undefined if no tries
 * are left.
 */
type Run = (schedule: Schedule) => Promise<Course | false | undefined>;

interface NarrowOptions {
  readonly seed: number;
  readonly buyerCount: number;
  /** The course of the whole run of the seed, which failed. */
  readonly whole: Course;
  readonly run: Run;
}

/**
 * Number of random streams to try for the choices, because a run with fewer clients takes another
 * course.
 */
const SALTS = 6;

/**
 * Narrows a failing run to a schedule that still fails and needs all its parts, unless the tries
 * are used up. The function leaves out buyers, then faults, then choices other than the oldest
 * operation. It repeats these three steps until a round leaves nothing out.
 */
export async function narrowRun(options: NarrowOptions): Promise<Schedule> {
  const { buyerCount } = options;
  const narrowing = new Narrowing(options);
  const everybody = Array.from({ length: buyerCount }, (_unused, index) => index);
  const left = await ddmin(everybody, (some) => underAnySalt(narrowing, { buyers: new Set(some) }));
  const buyers = new Set(left);
  await ddmin(narrowing.course.faults, (some) =>
    underAnySalt(narrowing, { buyers, faults: new Set(some) }),
  );
  // If the run does not fail with the recorded choices, the schedule keeps the random stream that
  // drew them.
  if (await narrowing.fails(recorded(narrowing))) await narrowRecorded(narrowing);
  return narrowing.schedule;
}

/** Every round except the last makes the run smaller, so the loop ends. */
async function narrowRecorded(narrowing: Narrowing): Promise<void> {
  let size: number;
  do {
    size = sizeOf(narrowing);
    await ddmin([...narrowing.course.choices], (some) =>
      narrowing.fails({ ...narrowing.schedule, choices: new Map(some) }),
    );
    await ddmin([...(narrowing.schedule.buyers ?? [])], (some) =>
      narrowing.fails({ ...narrowing.schedule, buyers: new Set(some) }),
    );
    await ddmin(narrowing.course.faults, (some) =>
      narrowing.fails({ ...narrowing.schedule, faults: new Set(some) }),
    );
    // Leaves out faults and choices that no longer happen in the smaller run.
    await narrowing.fails(recorded(narrowing));
  } while (sizeOf(narrowing) < size);
}

async function underAnySalt(
  narrowing: Narrowing,
  schedule: Schedule,
): Promise<boolean | undefined> {
  for (let salt = 0; salt < SALTS; salt += 1) {
    const answer = await narrowing.fails(salt === 0 ? schedule : { ...schedule, salt });
    if (answer !== false) return answer;
  }
  return false;
}

/** Returns the same run as a schedule of its recorded faults and choices. */
function recorded({ schedule: { buyers }, course: { faults, choices } }: Narrowing): Schedule {
  return { ...(buyers ? { buyers } : {}), faults: new Set(faults), choices };
}

function sizeOf({ schedule: { buyers, faults, choices } }: Narrowing): number {
  return (buyers?.size ?? 0) + (faults?.size ?? 0) + (choices?.size ?? 0);
}

/** Keeps the smallest failing run so far, and never runs a schedule twice. */
class Narrowing {
  schedule: Schedule = {};
  course: Course;
  readonly #seed: number;
  readonly #run: Run;
  /**
   * Schedules that passed. They are remembered, because the search produces the same lists again.
   */
  readonly #passed = new Set<string>();

  constructor({ seed, whole, run }: NarrowOptions) {
    this.course = whole;
    this.#seed = seed;
    this.#run = run;
  }

  /**
   * Runs the schedule. Returns true if the run fails; this run is then the smallest failing one.
   * Returns undefined when no tries are left.
   */
  async fails(schedule: Schedule): Promise<boolean | undefined> {
    const text = this.#textOf(schedule);
    if (text === this.#textOf(this.schedule)) return true;
    if (this.#passed.has(text)) return false;
    const course = await this.#run(schedule);
    if (course === undefined) return undefined;
    if (course === false) {
      this.#passed.add(text);
      return false;
    }
    this.schedule = schedule;
    this.course = course;
    return true;
  }

  #textOf(schedule: Schedule): string {
    return replayText({ seed: this.#seed, schedule });
  }
}
