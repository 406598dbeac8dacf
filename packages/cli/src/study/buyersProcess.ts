/** The entry of the process of the simulated buyers; see buyersMessages.ts. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readServersConfig } from "@onsale/core";
import { type BuyerLoad, openBuyerLoad } from "@onsale/simulator/drill";
import { TappedRecorder, trafficOf } from "@onsale/simulator/study";
import { signAccessToken } from "../accessToken.ts";
import { openCoreFor } from "../openQuietCore.ts";
import { type BuyersRequest, type LoadOptions, requestSchema } from "./buyersMessages.ts";

const TOKEN_TTL_MS = 60 * 60 * 1000;
const NANOSECONDS_PER_MS = 1e6;
const PERCENTILE = 99;

const config = readServersConfig(process.env);
const { core } = await openCoreFor({ ...config, logLevel: "error" });
const recorder = new TappedRecorder();
const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
let load: BuyerLoad | undefined;
let slice = recorder.tap();
let window = recorder.tap();

async function answer(request: BuyersRequest): Promise<unknown> {
  if (request.kind === "open") return open(request.options);
  if (load === undefined) throw new Error("The sale is not open");
  switch (request.kind) {
    case "arrive":
      load.arrive(request);
      return {};
    case "slice":
      return takeSlice(load);
    case "beginWindow":
      window.close();
      window = recorder.tap();
      return {};
    case "endWindow":
      window.close();
      return trafficOf(window.recorder);
    case "stop":
      await load.stop();
      return { counts: load.counts(), acknowledged: load.acknowledged() };
  }
}

async function open(options: LoadOptions) {
  load = await openBuyerLoad(core, {
    ...{ ...options, recorder },
    tokenFor: (userId) => signAccessToken(config.auth, { userId, ttlMs: TOKEN_TTL_MS }),
  });
  return { queueId: load.queueId, performanceId: load.performanceId };
}

function takeSlice(from: BuyerLoad) {
  slice.close();
  const traffic = trafficOf(slice.recorder);
  slice = recorder.tap();
  const loopDelayMs = Math.round(delays.percentile(PERCENTILE) / NANOSECONDS_PER_MS);
  delays.reset();
  return { traffic, loopDelayMs, counts: from.counts() };
}

process.on("message", (message: unknown) => {
  const { id, request } = requestSchema.parse(message);
  answer(request).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, value: undefined, error: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));
