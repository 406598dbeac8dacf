import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../live/childProcess.ts";
import { freePorts } from "../live/freePorts.ts";

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
  readonly baseUrls: readonly string[];
  readonly pids: readonly number[];
  /** @returns the paths of the .cpuprofile files, if the processes were profiled */
  stop(): Promise<readonly string[]>;
}

/**
 * Starts only API processes and no worker, so that the machine does nothing but serve holds.
 * @throws Error when a process does not start, with the end of its log
 */
export async function startApis(
  settings: ApiSettings,
  { count, profiled }: { count: number; profiled: boolean },
): Promise<RunningApis> {
  await mkdir(settings.folder, { recursive: true });
  const profiles = profiled ? await mkdtemp(join(settings.folder, "profile-")) : undefined;
  const ports = await freePorts(count, process.pid);
  const never = new AbortController().signal;
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
            // Raises the limit, because a buyer of a benchmark holds seats without a pause, and the
            // limit is not what the benchmark measures.
            SEATS_PER_BUYER_MAX: "1000",
          },
          nodeArgs: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
          logFile: join(settings.folder, `api-${index + 1}.log`),
          readyUrl: `http://127.0.0.1:${port}/health/ready`,
        },
        never,
      ),
    ),
  );
  return {
    baseUrls: ports.map((port) => `http://127.0.0.1:${port}`),
    pids: children.map((child) => child.pid),
    async stop() {
      await Promise.all(children.map((child) => child.stop()));
      if (profiles === undefined) return [];
      return (await readdir(profiles)).map((file) => join(profiles, file));
    },
  };
}
