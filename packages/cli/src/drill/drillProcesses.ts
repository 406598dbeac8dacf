import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Child, freePorts, startChild } from "@onsale/simulator/live";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";

/** The product's processes in a drill. */
export interface DrillProcesses {
  /** The base URLs of the API processes. */
  readonly baseUrls: readonly string[];
  /** The pids of the running processes, by role. */
  pids(): { readonly api: readonly number[]; readonly worker: readonly number[] };
  /** Starts a worker. Resolves when it is ready. */
  startWorker(): Promise<void>;
  /** Sends SIGKILL to every worker, also to frozen ones. */
  killWorkers(): Promise<void>;
  /** Stops every worker cleanly, with SIGTERM. */
  stopWorkers(): Promise<void>;
  /** Starts a worker, then stops the other workers cleanly. */
  rollWorker(): Promise<void>;
  /** Freezes every process with SIGSTOP. */
  freeze(): void;
  /** Lets frozen API processes go on. */
  thawApis(): void;
  /**
   * Replaces the API processes one after the other: a clean stop, then a start on the same port.
   */
  rollApis(): Promise<void>;
  /** Ends everything: the API first, so that a worker can still publish its last messages. */
  stop(): Promise<void>;
}

export interface DrillProcessesOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Name of the folder of the logs. */
  readonly name: string;
  readonly apiProcesses: number;
  readonly signal: AbortSignal;
}

const ROLE = "ROLE";
const LOG_FOLDER = join(DEVSTACK_FOLDER, "logs", "drill");
/** Maximum number of workers that all drills of a ground start. Each worker has its own port. */
const WORKERS_MAX = 40;

/** Starts API processes and one worker on loopback ports. */
export async function startDrillProcesses(options: DrillProcessesOptions): Promise<DrillProcesses> {
  const { apiProcesses } = options;
  mkdirSync(logFolderOf(options), { recursive: true });
  const ports = await freePorts(apiProcesses + WORKERS_MAX, process.pid * 7);
  const apiPorts = ports.slice(0, apiProcesses);
  const workerPorts = ports.slice(apiProcesses);
  const apis: Child[] = [];
  let workers: Child[] = [];

  const processes: DrillProcesses = {
    baseUrls: apiPorts.map(urlOf),
    pids: () => ({ api: apis.map(({ pid }) => pid), worker: workers.map(({ pid }) => pid) }),
    async startWorker() {
      const port = workerPorts.shift();
      if (port === undefined) throw new Error(`A drill starts at most ${WORKERS_MAX} workers`);
      workers.push(await start(options, { role: "worker", name: `worker-${port}`, port }));
    },
    async killWorkers() {
      await Promise.all(workers.map((worker) => worker.kill()));
      workers = [];
    },
    async stopWorkers() {
      await Promise.all(workers.map((worker) => worker.stop()));
      workers = [];
    },
    async rollWorker() {
      const old = workers;
      workers = [];
      await processes.startWorker();
      await Promise.all(old.map((worker) => worker.stop()));
    },
    freeze: () => signalAll([...apis, ...workers], "SIGSTOP"),
    thawApis: () => signalAll(apis, "SIGCONT"),
    async rollApis() {
      for (const [at, port] of apiPorts.entries()) {
        await apis[at]?.stop();
        apis[at] = await start(options, { role: "api", name: `api-${port}`, port });
      }
    },
    async stop() {
      // A frozen process does not handle SIGTERM before it continues.
      signalAll([...apis, ...workers], "SIGCONT");
      await Promise.all(apis.map((api) => api.stop()));
      await processes.stopWorkers();
    },
  };
  try {
    await Promise.all([
      ...apiPorts.map(async (port, at) => {
        apis[at] = await start(options, { role: "api", name: `api-${port}`, port });
      }),
      processes.startWorker(),
    ]);
    return processes;
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

function signalAll(children: readonly Child[], signal: "SIGSTOP" | "SIGCONT"): void {
  for (const child of children) child.signal(signal);
}

function start(
  options: DrillProcessesOptions,
  { role, name, port }: { readonly role: string; readonly name: string; readonly port: number },
): Promise<Child> {
  return startChild(
    {
      ...{ name, entry: PRODUCT_ENTRY },
      env: { ...options.env, HOST: "127.0.0.1", PORT: String(port), [ROLE]: role },
      logFile: join(logFolderOf(options), `${name}.log`),
      readyUrl: `${urlOf(port)}/health/ready`,
    },
    options.signal,
  );
}

const logFolderOf = ({ name }: DrillProcessesOptions): string => join(LOG_FOLDER, name);
const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
