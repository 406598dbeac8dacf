import { type RushWorld, sinceOpen } from "../actors/rushWorld.ts";
import type { LiveProcesses } from "../live/liveProcesses.ts";
import type { RushOptions } from "./rushOptions.ts";

/** A fault that was done, for the time axis of the report. */
export interface KilledApi {
  readonly atMs: number;
  readonly what: string;
}

export interface KillWatch {
  /** What was done; ends the watch. A process that was killed is back when this resolves. */
  settled(): Promise<readonly KilledApi[]>;
}

const LOOK_EVERY_MS = 20;

/** Waits for the given share of seats to be sold, kills the first API process, starts it again. */
export function killApiWhenSold(
  options: Pick<RushOptions, "killApiAt" | "seats">,
  world: RushWorld,
  processes: LiveProcesses | undefined,
): KillWatch {
  const { killApiAt } = options;
  const done: KilledApi[] = [];
  if (killApiAt === undefined || processes === undefined) return { settled: async () => done };
  const over = new AbortController();
  const running = watch(Math.ceil(killApiAt * options.seats), processes);

  async function watch(soldMin: number, live: LiveProcesses): Promise<void> {
    while (world.recorder.events.sale.length < soldMin) {
      if (over.signal.aborted || world.signal.aborted) return;
      await world.clock.sleep(LOOK_EVERY_MS, over.signal);
    }
    done.push({ atMs: sinceOpen(world), what: "API process 1 killed (SIGKILL)" });
    await live.killApi(0);
    await live.restartApi(0);
    done.push({ atMs: sinceOpen(world), what: "API process 1 ready again" });
  }

  return {
    async settled() {
      over.abort();
      await running;
      return done;
    },
  };
}
