import { type ClientEnvironment, sinceOpen } from "../actors/clientEnvironment.ts";
import type { LiveProcesses } from "../live/liveProcesses.ts";
import type { RushOptions } from "./rushOptions.ts";

/** A process that was killed, with the time, for the report. */
export interface KilledApi {
  readonly atMs: number;
  readonly what: string;
}

export interface KillWatch {
  /** Ends the watch. Resolves with the killed processes, after each of them is ready again. */
  settled(): Promise<readonly KilledApi[]>;
}

const LOOK_EVERY_MS = 20;

/** Kills the first API process when the given share of seats is sold, then restarts it. */
export function killApiWhenSold(
  options: Pick<RushOptions, "killApiAt" | "seats">,
  environment: ClientEnvironment,
  processes: LiveProcesses | undefined,
): KillWatch {
  const { killApiAt } = options;
  const done: KilledApi[] = [];
  if (killApiAt === undefined || processes === undefined) return { settled: async () => done };
  const over = new AbortController();
  const running = watch(Math.ceil(killApiAt * options.seats), processes);

  async function watch(soldMin: number, live: LiveProcesses): Promise<void> {
    while (environment.recorder.events.sale.length < soldMin) {
      if (over.signal.aborted || environment.signal.aborted) return;
      await environment.clock.sleep(LOOK_EVERY_MS, over.signal);
    }
    done.push({ atMs: sinceOpen(environment), what: "API process 1 killed (SIGKILL)" });
    await live.killApi(0);
    await live.restartApi(0);
    done.push({ atMs: sinceOpen(environment), what: "API process 1 ready again" });
  }

  return {
    async settled() {
      over.abort();
      await running;
      return done;
    },
  };
}
