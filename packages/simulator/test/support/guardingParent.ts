/** A process that starts a program, says which, and never stops it. */
import { spawn } from "node:child_process";
import { killWithParent } from "../../src/live/killWithParent.ts";

// The program inherits stdout, so that a reader of it sees its end.
const child = spawn("sleep", ["600"], { stdio: ["ignore", "inherit", "ignore"] });
killWithParent(child);
console.log(child.pid);
