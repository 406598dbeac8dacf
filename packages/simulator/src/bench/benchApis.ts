import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../live/childProcess.ts";
import { freePorts } from "../live/freePorts.ts";
import type { Target } from "./load/loadPlan.ts";

/** The settings of the API processes of a benchmark. */
export interface ApiSettings {
  /** The file that Node runs. */
  readonly entry: string;
  /** The environment of the processes, without the port. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder for logs and profiles. */
  readonly folder: string;
}

export interface RunningApis {
  readonly targets: readonly Target[];
  readonly pids: readonly number[];
  /** @returns the paths of the .cpuprofile files, if the processes were profiled */
  stop(): Promise<readonly string[]>;
}

/**
 * All requests of a benchmark come from one address and from few users, so the limits would stop
 * them. Buyers of a sale are far below the limits, which then cost the same.
 */
const UNLIMITED = {
  OPEN_REQUESTS_USER_MAX: "100000",
  OPEN_REQUESTS_ADDRESS_MAX: "1000000",
  RATE_LIMIT_USER_PER_SECOND: "1000000",
  RATE_LIMIT_ADDRESS_PER_SECOND: "1000000",
};

/**
 * Starts only API processes and no worker, so that the machine does nothing but serve holds.
 * @throws Error when a process does not start, with the end of its log
 */
export async function startApis(
  settings: ApiSettings,
  { count, profiled, signal }: { count: number; profiled: boolean; signal: AbortSignal },
): Promise<RunningApis> {
  await mkdir(settings.folder, { recursive: true });
  const profiles = profiled ? await mkdtemp(join(settings.folder, "profile-")) : undefined;
  const ports = await freePorts(count, process.pid);
  const children = await Promise.all(
    ports.map((port, index) =>
      startChild(
        {
          name: `API process ${index + 1}`,
          entry: settings.entry,
          env: {
            ...settings.env,
            HOST: "127.0.0.1",
            PORT: String(port),
            ...UNLIMITED,
          },
          nodeArgs: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
          logFile: join(settings.folder, `api-${index + 1}.log`),
          readyUrl: `http://127.0.0.1:${port}/health/ready`,
        },
        signal,
      ),
    ),
  );
  return {
    targets: ports.map((port) => ({ port })),
    pids: children.map((child) => child.pid),
    async stop() {
      await Promise.all(children.map((child) => child.stop()));
      if (profiles === undefined) return [];
      return (await readdir(profiles)).map((file) => join(profiles, file));
    },
  };
}
