import { type OnsaleConfig, type OpenedCore, openCore, promoteWaiting } from "@onsale/core";
import { Registry } from "prom-client";
import { issueAccessToken } from "../../src/auth/accessToken.ts";
import { signAdminToken } from "../../src/auth/adminToken.ts";
import { createApp } from "../../src/createApp.ts";
import { listen } from "../../src/http/listen.ts";
import { type ApiActivity, apiActivity } from "../../src/metrics/apiActivity.ts";
import { prometheusMetrics } from "../../src/metrics/prometheusMetrics.ts";
import { type Answer, type CallOptions, callApi } from "./callApi.ts";
import { recordingLog } from "./recordingLog.ts";
import { newTestFixture } from "./testFixture.ts";

/** A server with its own data, on the stack of this test run. */
export interface TestApi {
  readonly config: OnsaleConfig;
  readonly core: OpenedCore["core"];
  readonly log: ReturnType<typeof recordingLog>;
  /** The figures that a process reports. */
  readonly activity: ApiActivity;
  readonly url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** An access token for the user. */
  accessToken(userId: number): string;
  /** The token of an operator. */
  adminToken(): string;
  /** Promotes the waiting buyers that fit, as the worker does continuously. */
  promote(queueId?: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a server without a worker, because the tests promote buyers themselves. */
export async function openTestApi(overrides: Record<string, string> = {}): Promise<TestApi> {
  const fixture = await newTestFixture({ DEV_ISSUER: "true", ...overrides });
  const { config } = fixture;
  const log = recordingLog();
  const registry = new Registry();
  const metrics = prometheusMetrics(registry, log);
  const opened = await openCore(config, { log, metrics, role: "api" });
  const { core } = opened;
  const activity = apiActivity(core, config);
  const app = createApp({ core, config, log, registry, activity });
  const { clock, ids } = core;
  const listener = await listen(app.callback(), { ...config.http, clock, ids });
  return {
    config,
    core,
    log,
    activity,
    url: listener.url,
    call: (method, path, options) => callApi(listener.url, method, path, options),
    accessToken: (userId) => issueAccessToken(config, { userId }).accessToken,
    adminToken: () =>
      signAdminToken(config.admin.jwtSecret ?? "", {
        ...{ operator: "mina", role: "operator", ttlMs: 3_600_000 },
      }),
    async promote(queueId = "main") {
      await promoteWaiting(core, { queueId });
    },
    async close() {
      await listener.close(config.http.shutdownMs);
      await opened.close();
      await fixture.drop();
    },
  };
}

/** One server for the surrounding suite. */
export function useTestApi(overrides: Record<string, string> = {}): () => TestApi {
  let api: TestApi | undefined;
  before("opens a server", async () => {
    api = await openTestApi(overrides);
  });
  after("closes the server", async () => {
    await api?.close();
  });
  return () => {
    if (!api) throw new Error("The server is open only while the tests of its suite run");
    return api;
  };
}
