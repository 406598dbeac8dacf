import { idleClock } from "@onsale/conformance/memory/idleClock";
import type { PassingClock } from "@onsale/conformance/memory/passingClock";
import {
  createMemoryServers,
  type MemoryServers,
  type OpenMemoryOptions,
  openMemoryCore,
} from "../../src/compose/openMemory.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { OutboxMessage } from "../../src/ports/outboxStore.ts";
import { breakableLink } from "./breakableLink.ts";
import { testCoreConfig } from "./coreConfig.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { type RecordingMetrics, recordingLog, recordingMetrics } from "./recorders.ts";

/** A limit that is larger than the number of unpublished messages of any test in one bucket. */
const MESSAGES_MAX = 10_000;

/** A core on in-memory servers of its own: every workflow runs to its real outcome, without I/O. */
export interface MemoryTestCore {
  readonly core: CoreContext;
  readonly servers: MemoryServers;
  /** Moves only when a test moves it or when every promise waits for it. */
  readonly clock: PassingClock;
  readonly metrics: RecordingMetrics;
  readonly log: ReturnType<typeof recordingLog>;
  /** One more process on the same servers, with calls that never fail. */
  another(): CoreContext;
  /** The calls to the servers that the work makes, in their order: "mysql seats.hold". */
  callsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
  /** Loses this process's calls that match, or only their answers, until `restoreCalls`. */
  loseCalls(which: RegExp, part?: "call" | "answer"): void;
  restoreCalls(): void;
  /** Unpublished outbox messages, in the order in which they were written. */
  messages(): Promise<readonly OutboxMessage[]>;
}

/** Opens a core on empty servers. @param options replaces parts of the process */
export function openMemoryTestCore(
  overrides: Readonly<Record<string, string>> = {},
  options: OpenMemoryOptions = {},
): MemoryTestCore {
  const clock = idleClock();
  const servers = createMemoryServers({ clock });
  const link = breakableLink();
  const metrics = recordingMetrics();
  const log = recordingLog();
  const config = { core: testCoreConfig(overrides), logLevel: "silent" } as const;
  const machine = { clock, random: { next: () => 0.5 } };
  const { core } = openMemoryCore(config, servers, { ...machine, link, metrics, log, ...options });
  return {
    core,
    servers,
    clock,
    metrics,
    log,
    another: () => openMemoryCore(config, servers, machine).core,
    async callsOf(work) {
      const countBefore = link.points.length;
      await work();
      return link.points.slice(countBefore);
    },
    loseCalls(which, part = "call") {
      link.affected = which;
      link.state = part === "call" ? "call lost" : "answer lost";
    },
    restoreCalls() {
      link.state = "up";
    },
    async messages() {
      const buckets = Array.from({ length: core.config.outbox.buckets }, (_unused, bucket) =>
        core.outbox.pending(null, bucket, MESSAGES_MAX),
      );
      return (await Promise.all(buckets)).flat().sort((a, b) => a.id - b.id);
    },
  };
}

/**
 * A new core for each test of the surrounding suite; all invariants are checked after each test.
 * @param options.isDamaged true when the tests leave violations
 * @returns a function that returns the core, for hooks and tests
 */
export function useMemoryCore(
  overrides: Readonly<Record<string, string>> = {},
  { isDamaged = false } = {},
): () => MemoryTestCore {
  let opened: MemoryTestCore | undefined;
  const current = (): MemoryTestCore => {
    if (!opened) throw new Error("the in-memory core is open only while a test runs");
    return opened;
  };
  beforeEach("opens a core on empty in-memory servers", () => {
    opened = openMemoryTestCore(overrides);
  });
  afterEach("checks the invariants", async () => {
    current().restoreCalls();
    if (isDamaged) return;
    await expectInvariants(current().core);
  });
  return current;
}
