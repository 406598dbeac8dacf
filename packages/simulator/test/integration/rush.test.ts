import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listConcerts, migrateDatabase, readServersConfig } from "@onsale/core";
import { type StackUrls, stackStatus, stackUp } from "@onsale/devstack";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { benchDatabaseUrl, dropBenchDatabase } from "../../src/bench/benchDatabase.ts";
import type { LiveProcesses } from "../../src/live/liveProcesses.ts";
import { startProcesses } from "../../src/live/startProcesses.ts";
import { openConnectedCore } from "../../src/rush/openConnectedCore.ts";
import { runRush } from "../../src/rush/runRush.ts";
import type { RushOptions } from "../../src/rush/rushOptions.ts";
import { rushDefaults } from "../../src/rush/rushOptions.ts";
import { rushResultSchema } from "../../src/rush/rushResult.ts";
import { RushTargetError } from "../../src/rush/rushTarget.ts";

const SECRET = "only-for-tests-0123456789-0123456789";
/** Started by its path: the simulator never imports the API. */
const ENTRY = fileURLToPath(new URL("../../../api/src/main.ts", import.meta.url));
/** Time limit for the set-up, a rush on a busy machine, the drain and the end of four processes. */
const RUSH_MAX_MS = 180_000;

describe("runRush", function () {
  this.timeout(RUSH_MAX_MS);
  const name = `onsale_sim_test_${process.pid}`;
  let stopStack: (() => Promise<void>) | undefined;
  let logFolder = "";
  let env: Record<string, string> = {};

  before(async () => {
    const already = await stackStatus();
    const stack = await stackUp();
    if (!already.every((server) => server.ready)) stopStack = () => stack.down();
    logFolder = await mkdtemp(join(tmpdir(), "onsale-rush-"));
    env = environment(stack.urls, name);
    await migrateDatabase(readServersConfig(env));
  });

  after(async () => {
    if (env.MYSQL_URL !== undefined) await dropBenchDatabase(env.MYSQL_URL);
    await rm(logFolder, { recursive: true, force: true });
    await stopStack?.();
  });

  it("keeps every invariant when an API process gets SIGKILL during the rush", async () => {
    const result = await runRush({ ...rushOf(150, 40), killApiAt: 0.25 });
    expect(result.faults.map((fault) => fault.what)).to.deep.equal([
      "API process 1 killed (SIGKILL)",
      "API process 1 ready again",
    ]);
    const broken = result.verdict.invariants.filter((one) => !one.holds);
    expect(broken).to.deep.equal([]);
    expect(result.verdict.mismatches).to.deep.equal([]);
    expect(result.verdict).to.include({ given: true, holds: true, drained: true });
    expect(result.verdict.invariants.map((one) => one.id)).to.have.length(10);
    expect(result.verdict.acknowledged.payments).to.be.above(0);
    expect(result.sale.sold, result.sale.unsoldReason ?? "").to.be.above(0);
    expect(Object.values(result.outcomes).reduce((sum, count) => sum + count, 0)).to.equal(150);
    expect(rushResultSchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
  });

  describe("on an installation that runs already", () => {
    let processes: LiveProcesses | undefined;
    before(async () => {
      processes = await launch(AbortSignal.timeout(RUSH_MAX_MS));
    });
    after(() => processes?.stop());
    const rushOfUrls = (buyers: number, seats: number): RushOptions => {
      const { launch: _launch, ...options } = rushOf(buyers, seats);
      return { ...options, baseUrls: processes?.baseUrls };
    };

    it("ends the sale of its concert, and says that the checks covered all data", async () => {
      const result = await runRush(rushOfUrls(20, 4));
      expect(result.verdict).to.include({ holds: true, tested: true, scope: "installation" });
      const opened = await openConnectedCore({ env });
      try {
        const [concert] = await listConcerts(opened.core, {
          ...{ title: `Rush ${result.runId}`, limit: 1 },
        });
        expect(concert).to.deep.include({ title: `Rush ${result.runId}`, availableSeats: 0 });
      } finally {
        await opened.close();
      }
    });

    it("refuses APIs that use another database", async () => {
      const other = { ...env, MYSQL_URL: benchDatabaseUrl(env.MYSQL_URL ?? "", `${name}_other`) };
      await migrateDatabase(readServersConfig(other));
      try {
        const failure = await runRush({ ...rushOfUrls(20, 4), ground: { env: other } }).catch(
          (error: unknown) => error,
        );
        expect(failure).to.be.instanceOf(RushTargetError);
        expect(String(failure)).to.include("another database");
      } finally {
        await dropBenchDatabase(other.MYSQL_URL);
      }
    });
  });

  it("stops its processes and gives no verdict when it is ended early", async () => {
    const ending = new AbortController();
    let pids: readonly number[] = [];
    const options = rushOf(100, 20);
    const result = await runRush({
      ...options,
      signal: ending.signal,
      arrival: "step",
      durationSeconds: 600,
      launch: async (signal) => {
        const started = await launch(signal);
        pids = [...started.pids().api, ...started.pids().worker];
        return started;
      },
      onProgress: ({ arrived }) => {
        if (arrived > 0) ending.abort();
      },
    });
    expect(result.verdict).to.include({ given: false, holds: false });
    expect(result.outcomes.stopped).to.be.above(0);
    expect(pids).to.have.length(3);
    for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw("ESRCH");
  });

  function launch(signal: AbortSignal) {
    return startProcesses({ entry: ENTRY, apiProcesses: 2, env, logFolder, signal });
  }

  function rushOf(buyers: number, seats: number): RushOptions {
    const sign = createSigner({ key: SECRET, algorithm: "HS256", expiresIn: RUSH_MAX_MS });
    return {
      ...rushDefaults,
      buyers,
      seats,
      durationSeconds: 2,
      ground: { env },
      launch,
      tokenFor: (userId) => sign({ sub: String(userId) }),
    };
  }
});

function environment(urls: StackUrls, name: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    MYSQL_URL: benchDatabaseUrl(urls.mysqlUrl, name),
    REDIS_URL: urls.redisUrl,
    REDIS_KEY_PREFIX: `${name}:`,
    KAFKA_BROKERS: urls.kafkaBrokers.join(","),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
    AUTH_JWT_SECRET: SECRET,
    QUEUE_TOKEN_KEYS: `test:${SECRET}`,
    LOG_LEVEL: "warn",
    HOLD_TTL_MS: "8000",
    POLL_AFTER_MIN_MS: "200",
    POLL_AFTER_MAX_MS: "1000",
  };
}
