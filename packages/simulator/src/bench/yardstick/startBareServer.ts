import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../../live/childProcess.ts";
import { freePorts } from "../../live/freePorts.ts";
import type { Target } from "../load/loadPlan.ts";

export interface BareServerOptions {
  readonly redisUrl: string;
  /** Prefix of the key that the server reads. */
  readonly keyPrefix: string;
  /** The body of every answer: as long as the product's. */
  readonly body: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface BareServer {
  readonly pid: number;
  readonly target: Target;
  /** The path of the route with one read of Redis. */
  readonly redisPath: string;
  /** The path of the route that sends bytes from memory. */
  readonly bytesPath: string;
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL("./bareServer.ts", import.meta.url));

const REDIS_PATH = "/api/v1/queue/redis/1";

/** Starts the bare server as a process of its own. */
export async function startBareServer(options: BareServerOptions): Promise<BareServer> {
  const { redisUrl, keyPrefix, body, folder, signal } = options;
  await mkdir(folder, { recursive: true });
  const bodyFile = join(folder, "bare-body.json");
  await writeFile(bodyFile, body);
  const [port = 0] = await freePorts(1, process.pid * 3);
  const child: Child = await startChild(
    {
      name: "The bare server",
      entry: ENTRY,
      env: {
        PORT: String(port),
        REDIS_URL: redisUrl,
        BARE_KEY: `${keyPrefix}bare`,
        BARE_BODY_FILE: bodyFile,
      },
      logFile: join(folder, "bare-server.log"),
      readyUrl: `http://127.0.0.1:${port}${REDIS_PATH}`,
    },
    signal,
  );
  return {
    pid: child.pid,
    target: { port },
    redisPath: REDIS_PATH,
    bytesPath: "/api/v1/queue/bytes/1",
    async stop() {
      await child.stop();
    },
  };
}
