import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadResult } from "../benchReport.ts";
import type { LoadCommand, LoadReport } from "./loadMessages.ts";
import type { LoadPlan } from "./loadPlan.ts";

/**
 * A load generator: a process of its own on plain sockets, so that its CPU time can be measured
 * apart and no other work of the benchmark delays it.
 */
export interface LoadGenerator {
  readonly pid: number;
  /** Opens the connections of a load. One generator runs one load at a time. */
  prepare(plan: LoadPlan): Promise<PreparedLoad>;
  close(): Promise<void>;
}

/** A load that is ready to run, once. */
export interface PreparedLoad {
  /** @throws Error when the process ends or the load fails */
  run(): Promise<LoadResult>;
  /** Ends the run early; `run` then resolves with the result so far. */
  stop(): void;
}

const ENTRY = fileURLToPath(new URL("./loadProcess.ts", import.meta.url));

/** Starts the process of a load generator. */
export function openLoadGenerator(): LoadGenerator {
  const child = fork(ENTRY, {
    // The advanced serialization sends the requests without escaping them.
    serialization: "advanced",
    // Ctrl-C reaches only this process, which then stops its children.
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const send = (command: LoadCommand): void => void child.send(command);
  return {
    pid: child.pid ?? 0,
    async prepare(plan) {
      const opened = nextReport(child);
      send({ kind: "open", plan });
      await opened;
      return {
        async run() {
          const done = nextReport(child);
          send({ kind: "run" });
          const report = await done;
          if (report.kind !== "done") throw new Error("The load generator lost its order");
          return report.result;
        },
        stop: () => send({ kind: "stop" }),
      };
    },
    async close() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** @throws Error when the load fails or the process ends */
function nextReport(child: ChildProcess): Promise<LoadReport> {
  return new Promise((resolve, reject) => {
    const onMessage = (report: LoadReport): void => {
      child.off("exit", onExit);
      if (report.kind === "failed") reject(new Error(`The load failed: ${report.message}`));
      else resolve(report);
    };
    const onExit = (): void => {
      child.off("message", onMessage);
      reject(new Error("The load generator ended"));
    };
    child.once("message", onMessage).once("exit", onExit);
  });
}
