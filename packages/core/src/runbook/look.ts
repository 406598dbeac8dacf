import { CoreError } from "../shared/errors.ts";
import type { Check, Figure, Reading, Situation } from "./runbook.ts";

/** Looks at a condition. A condition that cannot be read, because a server is down, is not true. */
export async function look(check: Check, at: Situation): Promise<Reading> {
  try {
    return await check.look(at);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return { holds: false, read: error.message };
  }
}

/** A figure with its value. */
export interface FigureReading {
  readonly name: string;
  readonly unit: string;
  /** Undefined when there is none, or when it cannot be read. */
  readonly value: number | undefined;
  readonly isBeyondBound: boolean;
  /** The meaning of a figure beyond its bound, or the reason why it cannot be read. */
  readonly meaning: string;
}

/** Reads the figures of a diagnosis. */
export async function readFigures(
  figures: readonly Figure[],
  at: Situation,
): Promise<readonly FigureReading[]> {
  return Promise.all(
    figures.map(async ({ name, unit, read, bound, meaning }) => {
      try {
        const value = await read(at);
        const isBeyondBound = isBeyond(value, bound);
        return { name, unit, value, isBeyondBound, meaning };
      } catch (error) {
        if (!(error instanceof CoreError)) throw error;
        const unread = { value: undefined, isBeyondBound: true, meaning: error.message };
        return { name, unit, ...unread };
      }
    }),
  );
}

function isBeyond(value: number | undefined, bound: Figure["bound"]): boolean {
  if (value === undefined) return true;
  return "above" in bound ? value > bound.above : value < bound.below;
}
