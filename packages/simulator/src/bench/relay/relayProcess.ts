/** The process that relays the messages of `bench relay`, as a worker does. */
import {
  backgroundLoop,
  createLogger,
  openCore,
  outboxRelay,
  ROUND_MS_MIN,
  readServersConfig,
  silentMetrics,
} from "@onsale/core";

/** The process answers as soon as it has published this many more messages. */
export interface RelayOrder {
  readonly messages: number;
}

/** Pause after a round that failed, ms. */
const FAILURE_MS = 1_000;

let published = 0;
let order: RelayOrder | undefined;

function answerWhenDone(): void {
  if (order === undefined || published < order.messages) return;
  published -= order.messages;
  order = undefined;
  process.send?.(performance.timeOrigin + performance.now());
}

const log = createLogger("warn");
const { core, close } = await openCore(readServersConfig(process.env), {
  role: "worker",
  log,
  metrics: {
    ...silentMetrics,
    count(name, _labels, by = 1) {
      if (name !== "outbox_published_total") return;
      published += by;
      answerWhenDone();
    },
  },
});
const relay = outboxRelay(core);
const loop = backgroundLoop({
  name: "outbox-relay",
  clock: core.clock,
  idleMs: core.config.outbox.pollMs,
  intervalMinMs: ROUND_MS_MIN,
  failureMs: FAILURE_MS,
  runOnce: relay.runOnce,
  onError: (error) =>
    log.warn({ event: "loop.iteration_failed", reason: String(error) }, "A round failed"),
});
process.on("message", (next: RelayOrder) => {
  order = next;
  answerWhenDone();
});
process.once("disconnect", () =>
  loop
    .stop()
    .then(close)
    .finally(() => process.exit()),
);
loop.start();
process.send?.("ready");
