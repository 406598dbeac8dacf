import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";

/*
 * Loaded into a command with `node --import`: sends SIGKILL to the process when it reaches a point
 * that KILLED_BEFORE does not list, and writes the point to stderr. The points are those of the
 * channel on which the product announces its steps. Only tests load this file, so no flag or
 * setting of the product can kill a process.
 */

/** Steps after the first count as one point, because a job may have thousands of steps. */
const STEPS_MAX = 2;

const before: ReadonlySet<string> = new Set(process.env.KILLED_BEFORE?.split(","));
let steps = 0;

function arrive(event: unknown): void {
  const step = String(Object(event).step);
  if (step === "saved") steps += 1;
  const point = `${step}-${Math.min(steps, STEPS_MAX)}`;
  if (before.has(point)) return;
  writeSync(2, `\nkilled at ${point}\n`);
  process.kill(process.pid, "SIGKILL");
}

subscribe("onsale:operation-step", arrive);
