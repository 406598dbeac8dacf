import { below, type RandomStreams } from "../chance/seededRandom.ts";
import type { Chooser } from "./scheduler.ts";

/**
 * Narrows a seed's run down. What is left out is the whole of the seed's own; this is what a
 * minimised run is told by.
 */
export interface Schedule {
  /** The buyers who come, by index. */
  readonly buyers?: ReadonlySet<number>;
  /** The faults that may come true, by id. */
  readonly faults?: ReadonlySet<string>;
  /** Draws other choices than the seed's own stream, for a narrowed run takes another course. */
  readonly salt?: number;
  /**
   * The choices by the number of the decision; everywhere else who came first goes first. All
   * choices are drawn when left out.
   */
  readonly choices?: ReadonlyMap<number, number>;
}

/** A chooser that remembers where it did not take the first. */
export interface RecordingChooser extends Chooser {
  readonly made: ReadonlyMap<number, number>;
}

/** A step takes between a tenth and half a millisecond, as a round trip on one machine does. */
const STEP_MS_MIN = 0.1;
const STEP_MS_MAX = 0.5;

/** Who goes on, by the seed's chance or by the schedule's choices. */
export function scheduleOf(streams: RandomStreams, schedule: Schedule = {}): RecordingChooser {
  const { salt = 0, choices } = schedule;
  const random = streams(`choices ${salt}`);
  const steps = streams("steps");
  const made = new Map<number, number>();
  let decision = 0;
  return {
    made,
    choose(count) {
      decision += 1;
      const choice = choices
        ? Math.min(choices.get(decision) ?? 0, count - 1)
        : below(random, count);
      if (choice > 0) made.set(decision, choice);
      return choice;
    },
    stepMs: () => STEP_MS_MIN + steps.next() * (STEP_MS_MAX - STEP_MS_MIN),
  };
}
