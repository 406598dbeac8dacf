import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { allOrNone, type ChildOptions, startChild } from "../live/childProcess.ts";
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

export interface StartApisOptions {
  readonly count: number;
  /** The role: all endpoints, or only those of the waiting room. Default: all. */
  readonly role?: "api" | "queue" | undefined;
  readonly profiled: boolean;
  readonly signal: AbortSignal;
}

/**
 * Starts only API processes and no worker, so that the machine does nothing but serve requests.
 * @throws Error when a process does not start, with the end of its log
 */
export async function startApis(
  settings: ApiSettings,
  { count, role = "api", profiled, signal }: StartApisOptions,
): Promise<RunningApis> {
  await mkdir(settings.folder, { recursive: true });
  const profiles = profiled ? await mkdtemp(join(settings.folder, "profile-")) : undefined;
  const ports = await freePorts(count, process.pid);
  const starting = ports.map(async (port, index) => {
    const logFile = join(settings.folder, `${role}-${index + 1}.log`);
    await rm(logFile, { force: true });
    const child: ChildOptions = {
      name: `API process ${index + 1}`,
      entry: settings.entry,
      env: { ...settings.env, HOST: "127.0.0.1", PORT: String(port), ROLE: role, ...UNLIMITED },
      nodeArgs: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
      logFile,
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
    };
    return startChild(child, signal);
  });
  const children = await allOrNone(starting);
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
