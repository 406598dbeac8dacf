import type { SeedResult } from "../runSeed.ts";
import type { Schedule } from "../schedule.ts";
import { ddmin } from "./ddmin.ts";
import { replayText } from "./scheduleText.ts";

/** What happened in a failing run, and what was chosen. */
type Course = Pick<SeedResult, "faults" | "choices">;

/** Runs what a schedule leaves: how it failed, false when it passed, undefined without tries. */
type Run = (schedule: Schedule) => Promise<Course | false | undefined>;

interface NarrowOptions {
  readonly seed: number;
  readonly buyerCount: number;
  /** The seed's own run, which failed. */
  readonly whole: Course;
  readonly run: Run;
}

/** Streams of choices that are tried with fewer clients, for fewer actors take another course. */
const SALTS = 6;

/**
 * A schedule that still fails: nothing more can be left out of it, unless the tries ran out. First
 * go buyers, then faults, then choices of the scheduler that differ from "who came first goes
 * first"; and again, until a whole pass leaves nothing out.
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
  // Drawn choices stay when the same, told, should lead elsewhere after all.
  if (await narrowing.fails(toldBy(narrowing))) await narrowTold(narrowing);
  return narrowing.schedule;
}

/** Each pass but the last makes the run smaller, so it comes to an end. */
async function narrowTold(narrowing: Narrowing): Promise<void> {
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
    // What no longer happens, or is no choice any more, is left out as well.
    await narrowing.fails(toldBy(narrowing));
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

/** The same course, told by what happened and what was chosen. */
function toldBy({ schedule: { buyers }, course: { faults, choices } }: Narrowing): Schedule {
  return { ...(buyers ? { buyers } : {}), faults: new Set(faults), choices };
}

function sizeOf({ schedule: { buyers, faults, choices } }: Narrowing): number {
  return (buyers?.size ?? 0) + (faults?.size ?? 0) + (choices?.size ?? 0);
}

/** The smallest failing run so far; no schedule is run twice. */
class Narrowing {
  schedule: Schedule = {};
  course: Course;
  readonly #seed: number;
  readonly #run: Run;
  /** Schedules that passed: the same smaller lists come up again and again. */
  readonly #passed = new Set<string>();

  constructor({ seed, whole, run }: NarrowOptions) {
    this.course = whole;
    this.#seed = seed;
    this.#run = run;
  }

  /** Whether the run still fails, and is the smallest then; undefined when no tries are left. */
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
