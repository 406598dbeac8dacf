import type { BenchGround, BenchSettings } from "./benchGround.ts";
import type { BenchFigures } from "./benchReport.ts";
import { benchCharges } from "./cases/charges.ts";
import { benchCrowd } from "./cases/crowd.ts";
import { benchHolds } from "./cases/holds.ts";
import { benchHot } from "./cases/hot.ts";
import { benchPayments } from "./cases/payments.ts";
import { benchJoin, benchStatus } from "./cases/queueReads.ts";
import { benchRelay } from "./cases/relay.ts";
import { benchSeats } from "./cases/seats.ts";

/** A benchmark. To add one, write its function and its entry in `BENCHES`. */
export interface Bench {
  /** The measured operation, for table heads. */
  readonly operation: string;
  /** The operation and its yardstick, for people. */
  readonly title: string;
  /** Number of comparisons, for the estimate of the time to go. */
  readonly comparisons: number;
  /** The settings that differ from the common defaults. */
  readonly settings: Partial<BenchSettings>;
  readonly run: (ground: BenchGround) => Promise<BenchFigures>;
}

/** The bare server is one process, so the product has one too. */
const ONE_PROCESS = { apiProcesses: 1, inFlight: 64 } as const;

/** All benchmarks, in the order of `bench all`. */
export const BENCHES = {
  holds: {
    operation: "hold",
    title: "Accepted holds of distinct seats by distinct buyers, against the bare loop V0",
    comparisons: 2,
    settings: {},
    run: benchHolds,
  },
  charges: {
    operation: "charge",
    title: "Charges of many users, against the bare loop of the same rows",
    comparisons: 1,
    settings: {},
    run: benchCharges,
  },
  payments: {
    operation: "payment",
    title: "Payments of one seat by distinct buyers, against the bare loop of the same rows",
    comparisons: 1,
    settings: {},
    run: benchPayments,
  },
  hot: {
    operation: "hold",
    title: "Holds of 1,000 buyers on 50 seats, hall after hall, against V0 on the same seats",
    comparisons: 1,
    settings: { inFlight: 200 },
    run: benchHot,
  },
  join: {
    operation: "join",
    title: "Joins of new buyers, against bare Koa with a router and one Redis GET",
    comparisons: 1,
    settings: ONE_PROCESS,
    run: benchJoin,
  },
  status: {
    operation: "poll",
    title: "Status polls of waiting buyers, against bare Koa with a router and one Redis GET",
    comparisons: 1,
    settings: ONE_PROCESS,
    run: benchStatus,
  },
  seats: {
    operation: "list",
    title: "Lists of the free seats of a hall, against bare Koa that sends the same bytes",
    comparisons: 1,
    settings: ONE_PROCESS,
    run: benchSeats,
  },
  crowd: {
    operation: "request",
    title: "Latency of holds and payments beside a waiting crowd, against none waiting",
    comparisons: 2,
    settings: {},
    run: benchCrowd,
  },
  relay: {
    operation: "message",
    title: "Messages from COMMIT to Kafka beside many published messages, against none",
    comparisons: 1,
    settings: {},
    run: benchRelay,
  },
} as const satisfies Readonly<Record<string, Bench>>;

export type BenchName = keyof typeof BENCHES;

/** The names of all benchmarks, in the order of `bench all`. */
export const BENCH_NAMES = Object.keys(BENCHES).filter(
  (name): name is BenchName => name in BENCHES,
);
