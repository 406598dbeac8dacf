import { SEED_MAX } from "../../chance/seedMax.ts";
import type { Schedule } from "../schedule.ts";

/** The parsed value of the flag `--replay`. */
interface Replay {
  readonly seed: number;
  /** The schedule; empty for the whole run of the seed. */
  readonly schedule: Schedule;
}

/** The text is neither a seed nor a seed with a schedule. */
export class ReplayTextError extends Error {
  override readonly name = "ReplayTextError";
}

/**
 * A run as one word of a command line: "17" or "17:b=0,3/f=scheduled#2,api-1#4/c=12x1,30x2". b: the
 * buyers that arrive. f: the faults that happen. c: the choices, each as "number of the decision x
 * index of the chosen operation". s: the number of another stream of choices. `parseReplay` parses
 * this text.
 */
export function replayText({ seed, schedule }: Replay): string {
  const { buyers, faults, salt, choices } = schedule;
  const parts: string[] = [];
  if (buyers) parts.push(`b=${[...buyers].join(",")}`);
  if (faults) parts.push(`f=${[...faults].join(",")}`);
  if (salt !== undefined) parts.push(`s=${salt}`);
  if (choices) parts.push(`c=${[...choices].map(([at, choice]) => `${at}x${choice}`).join(",")}`);
  return parts.length === 0 ? String(seed) : `${seed}:${parts.join("/")}`;
}

/** Parses the text of `replayText`. @throws ReplayTextError */
export function parseReplay(text: string): Replay {
  const [, seedText = "", rest] = /^(\d{1,10})(?::(.*))?$/.exec(text) ?? [];
  const seed = Number(seedText);
  if (seedText === "" || seed > SEED_MAX) throw unreadable(text);
  if (rest === undefined) return { seed, schedule: {} };
  const parts = new Map<string, string>();
  for (const part of rest.split("/")) {
    const [, name = "", value = ""] = /^([bfsc])=(.*)$/.exec(part) ?? [];
    if (name === "" || parts.has(name)) throw unreadable(text);
    parts.set(name, value);
  }
  const whole = (value: string): number => {
    if (!/^\d+$/.test(value)) throw unreadable(text);
    return Number(value);
  };
  const { b, f, s, c } = Object.fromEntries(parts);
  const schedule: Schedule = {
    ...(b === undefined ? {} : { buyers: new Set(listOf(b).map(whole)) }),
    ...(f === undefined ? {} : { faults: new Set(listOf(f)) }),
    ...(s === undefined ? {} : { salt: whole(s) }),
    ...(c === undefined
      ? {}
      : {
          choices: new Map(
            listOf(c).map((one) => {
              const [at = "", choice = "", ...rest] = one.split("x");
              if (rest.length > 0) throw unreadable(text);
              return [whole(at), whole(choice)] as const;
            }),
          ),
        }),
  };
  return { seed, schedule };
}

function listOf(text: string): string[] {
  return text === "" ? [] : text.split(",");
}

function unreadable(text: string): ReplayTextError {
  return new ReplayTextError(
    `"${text.slice(0, 60)}" is not a run; give a seed, or SEED:SCHEDULE as a failure prints it`,
  );
}
