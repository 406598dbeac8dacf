import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { allOrNone, type Child, startChild } from "./childProcess.ts";
import { freePorts } from "./freePorts.ts";
import type { LiveProcesses } from "./liveProcesses.ts";

export interface ProcessesOptions {
  /** The file that runs the API and the worker. */
  readonly entry: string;
  readonly apiProcesses: number;
  /** The port of the first API process. Default: a free one. */
  readonly port?: number | undefined;
  /** Number of processes that serve only waiting buyers. Default: 0 */
  readonly queueProcesses?: number;
  /** The environment of all processes. PORT and the role are added for each process. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder with one log file per process; created when missing. */
  readonly logFolder: string;
  readonly signal: AbortSignal;
}

const ROLE = "ROLE";
const FORCE = { force: true } as const;

/**
 * Starts API processes, processes for waiting buyers and one worker side by side, on free loopback
 * ports below the ephemeral range.
 * @throws Error with the log of the process that did not start. The other processes have then
 *   been stopped
 */
export async function startProcesses(options: ProcessesOptions): Promise<LiveProcesses> {
  const { apiProcesses, queueProcesses = 0, signal } = options;
  mkdirSync(options.logFolder, { recursive: true });
  const free = await freePorts(apiProcesses + queueProcesses + 1, process.pid * 7);
  const ports = options.port === undefined ? free : [options.port, ...free.slice(1)];
  const [apiPorts, queuePorts] = [ports.slice(0, apiProcesses), ports.slice(apiProcesses + 1)];
  const workerPort = ports[apiProcesses] ?? 0;
  // Removes old logs. A restarted process appends to its log.
  for (let index = 0; index < apiProcesses; index++) rmSync(logOf(options, apiName(index)), FORCE);
  for (const [index] of queuePorts.entries()) rmSync(logOf(options, queueName(index)), FORCE);
  rmSync(logOf(options, "worker"), FORCE);
  const startApi = (index: number): Promise<Child> =>
    startRole(options, "api", apiName(index), ports[index] ?? 0, signal);
  const starting = [
    ...Array.from({ length: apiProcesses }, (_, index) => startApi(index)),
    startRole(options, "worker", "worker", workerPort, signal),
    ...queuePorts.map((port, index) => startRole(options, "queue", queueName(index), port, signal)),
  ];
  const children = await allOrNone(starting);
  let stopping: Promise<unknown> | undefined;
  return {
    baseUrls: apiPorts.map(urlOf),
    queueUrls: queuePorts.map(urlOf),
    pids: () => ({
      api: children.slice(0, apiProcesses).map((child) => child.pid),
      worker: children.slice(apiProcesses, apiProcesses + 1).map((child) => child.pid),
      queue: children.slice(apiProcesses + 1).map((child) => child.pid),
    }),
    async killApi(index) {
      await children[index]?.kill();
    },
    async restartApi(index) {
      children[index] = await startApi(index);
    },
    async stop() {
      stopping ??= Promise.all(children.map((child) => child.stop()));
      await stopping;
    },
  };
}

function startRole(
  options: ProcessesOptions,
  role: "api" | "queue" | "worker",
  name: string,
  port: number,
  signal: AbortSignal,
): Promise<Child> {
  return startChild(
    {
      name,
      entry: options.entry,
      env: { ...options.env, HOST: "127.0.0.1", PORT: String(port), [ROLE]: role },
      logFile: logOf(options, name),
      readyUrl: `${urlOf(port)}/health/ready`,
    },
    signal,
  );
}

function apiName(index: number): string {
  return `api-${index + 1}`;
}

function queueName(index: number): string {
  return `queue-${index + 1}`;
}

function logOf(options: ProcessesOptions, name: string): string {
  return join(options.logFolder, `${name}.log`);
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
