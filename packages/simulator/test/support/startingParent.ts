/** A process that starts a child, says on which port it serves, and never stops it. */
import { fileURLToPath } from "node:url";
import { startChild } from "../../src/live/childProcess.ts";
import { freePorts } from "../../src/live/freePorts.ts";

const [port = 0] = await freePorts(1, process.pid);
await startChild(
  {
    name: "The child",
    entry: fileURLToPath(new URL("./servingChild.ts", import.meta.url)),
    env: { PORT: String(port) },
    logFile: "/dev/null",
    readyUrl: `http://127.0.0.1:${port}/`,
  },
  new AbortController().signal,
);
console.log(port);
setInterval(() => {}, 1_000);
