import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";

/*
 * Loaded into a command with `node --import`: sends SIGKILL to the process when it reaches the
 * point number KILL_AT_POINT of its run. The points are those of the channels on which the product
 * announces its steps. Only tests load this file, so no flag or setting of the product does it.
 */

let pointsLeft = Number(process.env.KILL_AT_POINT);

function arrive(event: unknown): void {
  pointsLeft -= 1;
  if (pointsLeft !== 0) return;
  writeSync(2, `\nkilled at ${JSON.stringify(event)}\n`);
  process.kill(process.pid, "SIGKILL");
}

for (const name of ["onsale:operation-step", "onsale:runbook-step"]) subscribe(name, arrive);
