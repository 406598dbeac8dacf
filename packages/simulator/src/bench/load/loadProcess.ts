/** The process of a load generator. Its parent process sends plans (`openLoadGenerator`). */
import type { LoadCommand, LoadReport } from "./loadMessages.ts";
import type { OpenLoad } from "./openConnections.ts";
import { openLoad } from "./openLoad.ts";

let load: OpenLoad | undefined;

async function obey(command: LoadCommand): Promise<void> {
  if (command.kind === "open") {
    load = await openLoad(command.plan);
    report({ kind: "opened" });
  } else if (command.kind === "run" && load !== undefined) {
    report({ kind: "done", result: await load.run() });
  } else {
    load?.stop();
  }
}

function report(message: LoadReport): void {
  process.send?.(message);
}

process.on("message", (command: LoadCommand) => {
  obey(command).catch((error: unknown) => {
    report({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
});
process.once("disconnect", () => process.exit());
