import { below, type RandomStreams } from "../chance/seededRandom.ts";
import type { Chooser } from "./scheduler.ts";

/**
 * Narrows the run of a seed to parts of it. A field that is left out keeps the seed's own value.
 * The explorer prints a minimised run as a schedule.
 */
export interface Schedule {
  /** The buyers that arrive, by their index. */
  readonly buyers?: ReadonlySet<number>;
  /** The faults that may happen, by their id. */
  readonly faults?: ReadonlySet<string>;
  /** Selects another random stream for the choices, because a narrowed run takes another course. */
  readonly salt?: number;
  /**
   * The index of the chosen operation, by the number of the decision. All other decisions take the
   * oldest operation. Default: the seed's stream draws all choices.
   */
  readonly choices?: ReadonlyMap<number, number>;
}

/** A chooser that records the decisions at which it did not take the oldest operation. */
export interface RecordingChooser extends Chooser {
  readonly made: ReadonlyMap<number, number>;
}

/** A step takes 0.1 to 0.5 ms, like a round trip on one machine. */
const STEP_MS_MIN = 0.1;
const STEP_MS_MAX = 0.5;

/** Makes the chooser of a run. The chooser draws from the seed's stream or replays the schedule. */
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
