import { once } from "node:events";
import { createServer } from "node:http";
import { createApp, startServer } from "@onsale/api";
import {
  type CoreContext,
  createLogger,
  migrateDatabase,
  type OnsaleConfig,
  readConfig,
  readServersConfig,
} from "@onsale/core";
import { createMemoryServers, openMemoryCore } from "@onsale/core/memory";
import type { StackUrls } from "@onsale/devstack";
import mysql from "mysql2/promise";

/** An API process that a test stops and starts again. Its data survives. */
export interface ApiServer {
  readonly config: OnsaleConfig;
  readonly url: string;
  /** The core of the running process. */
  core(): CoreContext;
  stop(): Promise<void>;
  /** Starts the process again, at the same address. */
  start(): Promise<void>;
  /** Ends the process, and removes its data. */
  close(): Promise<void>;
}

export type OpenApiServer = (settings?: Readonly<Record<string, string>>) => Promise<ApiServer>;

interface RunningApi {
  readonly core: CoreContext;
  readonly url: string;
  close(): Promise<void>;
}

const SECRET = "only-for-tests-0123456789-0123456789";
const COMMON = {
  ...{ AUTH_JWT_SECRET: SECRET, QUEUE_TOKEN_KEYS: `test:${SECRET}`, DEV_ISSUER: "true" },
  ...{ LOG_LEVEL: "silent", PORT: "0" },
};

/** An API over in-memory servers, which outlive its processes. */
export const openMemoryServer: OpenApiServer = async (settings = {}) => {
  const config = readConfig({ STACK: "embedded", ...COMMON, ...settings });
  const servers = createMemoryServers();
  const log = createLogger(config.logLevel);
  return await apiServer(config, async (port): Promise<RunningApi> => {
    const opened = openMemoryCore(config, servers, { log });
    const { core } = opened;
    const server = createServer(createApp({ core, config, log }).callback());
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port");
    return {
      core,
      url: `http://127.0.0.1:${address.port}`,
      async close() {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
        await opened.close();
      },
    };
  });
};

let databaseCount = 0;

/** Makes a function that opens APIs on these servers, each with data of its own. */
export function serversOf(urls: StackUrls): OpenApiServer {
  const { mysqlUrl, redisUrl, kafkaBrokers, kafkaIdempotent } = urls;
  return async (settings = {}) => {
    databaseCount += 1;
    const name = `onsale_client_test_${process.pid}_${databaseCount}`;
    const database = new URL(mysqlUrl);
    database.pathname = `/${name}`;
    const config = readServersConfig({
      ...{ MYSQL_URL: database.href, REDIS_URL: redisUrl, REDIS_KEY_PREFIX: `${name}:` },
      ...{ KAFKA_BROKERS: kafkaBrokers.join(","), KAFKA_TOPIC_PREFIX: `${name}.` },
      ...{ KAFKA_IDEMPOTENT: String(kafkaIdempotent), ...COMMON, ...settings },
    });
    await migrateDatabase(config);
    const server = await apiServer(config, (port) =>
      startServer({ ...config, http: { ...config.http, port } }, { role: "api" }),
    );
    return {
      ...server,
      async close() {
        await server.close();
        const connection = await mysql.createConnection(database.href);
        await connection.query(`DROP DATABASE IF EXISTS ${mysql.escapeId(name)}`);
        connection.destroy();
      },
    };
  };
}

async function apiServer(
  config: OnsaleConfig,
  run: (port: number) => Promise<RunningApi>,
): Promise<ApiServer> {
  let running = await run(0);
  let isRunning = true;
  const { url } = running;
  async function stop(): Promise<void> {
    if (isRunning) await running.close();
    isRunning = false;
  }
  return {
    ...{ config, url, stop, close: stop, core: () => running.core },
    async start() {
      running = await run(Number(new URL(url).port));
      isRunning = true;
    },
  };
}
