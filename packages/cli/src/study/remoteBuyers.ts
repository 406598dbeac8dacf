import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Acknowledgements } from "@onsale/core";
import type { BuyerLoad } from "@onsale/simulator/drill";
import { type BuyersTraffic, buyersTrafficSchema } from "@onsale/simulator/study";
import type { z } from "zod";
import {
  answerSchema,
  type BuyersRequest,
  type BuyersSlice,
  type LoadOptions,
  openedSchema,
  sliceSchema,
  stoppedSchema,
} from "./buyersMessages.ts";

/** A load whose buyers run in a process of their own; see buyersMessages.ts. */
export interface RemoteBuyers extends BuyerLoad {
  readonly pid: number;
  /** The answers since the last slice. */
  slice(): Promise<BuyersSlice>;
  /** Begins to count the answers of a stretch of time. */
  beginWindow(): Promise<void>;
  endWindow(): Promise<BuyersTraffic>;
  /** Ends the process. */
  end(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL("./buyersProcess.ts", import.meta.url));
const NOTHING: Acknowledgements = {
  ...{ reservationIds: [], paymentIds: [], chargedByUser: new Map() },
};

/** Starts the process, and creates the sale. @param env names the servers and the data */
export async function startRemoteBuyers(
  env: NodeJS.ProcessEnv,
  options: LoadOptions,
): Promise<RemoteBuyers> {
  const child = fork(ENTRY, {
    ...{ env, serialization: "advanced" },
    // A process group of its own: Ctrl-C reaches only the study, which ends the buyers in order.
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ask = requestsTo(child);
  const end = () => endOf(child);
  try {
    const opened = openedSchema.parse(await ask({ kind: "open", options }));
    return { ...opened, pid: child.pid ?? 0, end, ...callsOf(ask) };
  } catch (error) {
    await end();
    throw error;
  }
}

type Ask = (request: BuyersRequest) => Promise<unknown>;

function callsOf(ask: Ask): Omit<RemoteBuyers, "queueId" | "performanceId" | "pid" | "end"> {
  let counts = { arrived: 0, bought: 0, failed: 0 };
  let acknowledged = NOTHING;
  let stopping: Promise<void> | undefined;
  async function askFor<T>(request: BuyersRequest, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await ask(request));
  }
  async function stop(): Promise<void> {
    ({ counts, acknowledged } = await askFor({ kind: "stop" }, stoppedSchema));
  }
  return {
    arrive(arrivals) {
      // When the process has ended, the next request rejects too, and the caller waits for that.
      ask({ kind: "arrive", ...arrivals }).catch(() => undefined);
    },
    counts: () => counts,
    acknowledged: () => acknowledged,
    async slice() {
      const slice = await askFor({ kind: "slice" }, sliceSchema);
      counts = slice.counts;
      return slice;
    },
    async beginWindow() {
      await ask({ kind: "beginWindow" });
    },
    endWindow: () => askFor({ kind: "endWindow" }, buyersTrafficSchema),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function requestsTo(child: ChildProcess): Ask {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  const gone = new Error("The process of the simulated buyers has ended");
  child.on("message", (message: unknown) => {
    const { id, value, error } = answerSchema.parse(message);
    const waiting = open.get(id);
    open.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  });
  child.once("exit", () => {
    for (const { reject } of open.values()) reject(gone);
    open.clear();
  });
  return (request) =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(gone);
      const id = nextId++;
      open.set(id, { resolve, reject });
      child.send({ id, request });
    });
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  else child.kill();
  await exited;
}
