import { Flags } from "@oclif/core";
import type { Bench, BenchName, BenchReport, BenchSettings } from "@onsale/simulator/bench";
import { AdminCommand } from "../adminCommand.ts";

/** Maximum number of rounds: the spread hardly changes with more. */
const ROUNDS_MAX = 50;
const ROUND_SECONDS_MAX = 60;
const PROCESSES_MAX = 16;
const IN_FLIGHT_MAX = 4096;
const CONNECTIONS_MAX = 256;
/** Operations of the largest round: the most seats that one INSERT of a performance can have. */
const OPERATIONS_MAX = 100_000;
const OPERATIONS_MIN = 1000;
/** The number of connections at which V0 is fastest on two cores. */
const BARE_CONNECTIONS = 16;

const WAITING_MAX = 200_000;
const SEATS_MAX = 50_000;

/** The flag of the benchmark with a waiting crowd. */
export const WAITING_FLAG = Flags.integer({
  default: 20_000,
  min: 1,
  max: WAITING_MAX,
  description: "Number of waiting buyers",
});

/** The flag for a waiting room in processes of its own. */
export const QUEUE_PROCESSES_FLAG = Flags.integer({
  default: 0,
  min: 0,
  max: PROCESSES_MAX,
  description: "Number of processes that serve only the waiting room; 0: the API processes do",
});

/** The flag of the benchmark of seat lists. */
export const SEATS_FLAG = Flags.integer({
  default: 1000,
  min: 1,
  max: SEATS_MAX,
  description: "Number of seats of the hall",
});

/** The most rows that fill a database in a few minutes. */
const PUBLISHED_MAX = 10_000_000;
const PUBLISHED = 200_000;
const PER_SECOND_MAX = 50_000;
/** A little more than the goal of 12,000, because a round ends some time after its last message. */
const PER_SECOND = 12_500;

/** The flags of the benchmark of the relay. */
export const RELAY_FLAGS = {
  published: Flags.integer({
    default: PUBLISHED,
    min: 0,
    max: PUBLISHED_MAX,
    description: "Number of published messages in the outbox before the first round",
  }),
  "per-second": Flags.integer({
    default: PER_SECOND,
    min: 1,
    max: PER_SECOND_MAX,
    description: "Messages written per second",
  }),
};

/** The flags for the load of a benchmark. */
export const BENCH_LOAD_FLAGS = {
  operations: Flags.integer({
    min: 1,
    max: OPERATIONS_MAX,
    description: "Operations of a round, instead of as many as its duration allows",
  }),
  "api-processes": Flags.integer({
    min: 1,
    max: PROCESSES_MAX,
    description: "Number of API processes",
  }),
  "in-flight": Flags.integer({
    min: 1,
    max: IN_FLIGHT_MAX,
    description: "Number of open requests",
  }),
};

const QUICK = { rounds: 3, seconds: 1 } as const;

/** The end of the description of each benchmark command. */
export const BENCH_ENDING =
  "Then every invariant is checked. Exit code 1 when one is broken, or when a request got a 5xx.";

/** A benchmark command: it reads the flags, runs the benchmarks, and shows the report. */
export abstract class BenchCommand extends AdminCommand {
  static override baseFlags = {
    ...AdminCommand.baseFlags,
    rounds: Flags.integer({
      min: 1,
      max: ROUNDS_MAX,
      description: "Measured rounds of each side; default 5, and 3 with --quick",
    }),
    seconds: Flags.integer({
      min: 1,
      max: ROUND_SECONDS_MAX,
      description: "Duration of a round; default 3, and 1 with --quick",
    }),
    quick: Flags.boolean({ description: "Few short rounds, with a larger spread" }),
    ...BENCH_LOAD_FLAGS,
    "bare-connections": Flags.integer({
      default: BARE_CONNECTIONS,
      min: 1,
      max: CONNECTIONS_MAX,
      description: "Number of connections of the bare loop V0",
    }),
    "cpu-profile": Flags.boolean({
      description: "Also profile one API process, to show where its time goes",
    }),
  };

  /**
   * Runs the benchmarks with the flags of the command, and prints the report.
   * @param own settings of the command itself
   * @param profiled the benchmarks that are profiled also without `--cpu-profile`
   */
  protected async measure(
    names: readonly BenchName[],
    flags: BenchFlags,
    own: Partial<BenchSettings> = {},
    profiled: readonly BenchName[] = [],
  ): Promise<BenchReport> {
    const { BENCHES, isClean } = await import("@onsale/simulator/bench");
    const { runBenches } = await import("./runBenches.ts");
    const { drawBenches } = await import("./drawBench.ts");
    const report = await runBenches({
      names,
      settingsOf(name) {
        const settings = settingsOf(BENCHES[name], flags, own);
        return { ...settings, profile: settings.profile || profiled.includes(name) };
      },
      onProgress: (line) => this.say(line),
      signal: this.interruptSignal(),
    });
    this.print(drawBenches(report));
    if (!report.benches.every(isClean)) this.fail();
    return report;
  }
}

/** The values of the common flags. */
export interface BenchFlags {
  readonly rounds?: number | undefined;
  readonly seconds?: number | undefined;
  readonly quick: boolean;
  readonly operations?: number | undefined;
  readonly "api-processes"?: number | undefined;
  readonly "in-flight"?: number | undefined;
  readonly "bare-connections"?: number | undefined;
  readonly "cpu-profile"?: boolean | undefined;
}

const DEFAULTS = {
  ...{ apiProcesses: 2, inFlight: 256, crowd: 1, queueProcesses: 0, seats: 1 },
  ...{ published: PUBLISHED, perSecond: PER_SECOND },
} as const;
const ROUNDS = 5;
const ROUND_SECONDS = 3;

/** The settings of a benchmark: flags, then its own defaults, then the common defaults. */
export function settingsOf(
  bench: Bench,
  flags: BenchFlags,
  own: Partial<BenchSettings>,
): BenchSettings {
  const { quick, operations, rounds, seconds } = flags;
  const roundSeconds = seconds ?? (quick ? QUICK.seconds : ROUND_SECONDS);
  const wanted = { ...DEFAULTS, ...bench.settings, ...own };
  return {
    ...wanted,
    apiProcesses: flags["api-processes"] ?? wanted.apiProcesses,
    inFlight: flags["in-flight"] ?? wanted.inFlight,
    rounds: rounds ?? (quick ? QUICK.rounds : ROUNDS),
    roundMs: roundSeconds * 1000,
    operationsMin: operations ?? OPERATIONS_MIN,
    operationsMax: operations ?? OPERATIONS_MAX,
    bareConnections: flags["bare-connections"] ?? BARE_CONNECTIONS,
    profile: flags["cpu-profile"] ?? false,
  };
}
