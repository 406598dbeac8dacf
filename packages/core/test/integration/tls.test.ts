import { expect } from "chai";
import { inspectServers } from "../../src/compose/inspectServers.ts";
import { migrateDatabase, migrationsOf, openCore } from "../../src/compose/openCore.ts";
import { readServersConfig } from "../../src/config/readConfig.ts";
import { checkInvariants } from "../../src/invariants/checkInvariants.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { startWorker } from "../../src/worker/startWorker.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";
import {
  CERTIFICATE_USER,
  KAFKA_USER,
  type SecureStack,
  startSecureStack,
  TLS_USER,
  urlOf,
} from "../support/secureStack.ts";

type Env = Readonly<Record<string, string>>;

describe("servers with TLS", function () {
  this.timeout(60_000);
  let secure: SecureStack;
  /** Of the core that was opened last. */
  let lastLog: ReturnType<typeof recordingLog>;
  before("starts servers with certificates of their own", async () => {
    secure = await startSecureStack();
    await migrateDatabase(configOf());
  });
  after("stops them", () => secure?.stop());

  const configOf = (env: Env = {}) => readServersConfig({ ...secure.env, ...env });

  /** Runs work with a core on these settings, and closes it. */
  async function withCore<T>(env: Env, work: (core: CoreContext) => Promise<T>): Promise<T> {
    const log = recordingLog();
    lastLog = log;
    const opened = await openCore(configOf(env), { log, role: "all" });
    try {
      return await work(opened.core);
    } finally {
      await opened.close();
      const lines = JSON.stringify(log.lines);
      for (const secret of [KAFKA_USER, TLS_USER, CERTIFICATE_USER]) {
        expect(lines).to.not.include(secret.password);
      }
    }
  }
  /** The health of one server when it is up, or when the reason of its outage is known. */
  async function healthOf(dependency: string, env: Env) {
    return withCore(env, async (core) => {
      const found = () => core.health().find((one) => one.dependency === dependency);
      await eventually(() => {
        const health = found();
        return health?.up === true || !/^not /.test(health?.reason ?? "not known");
      });
      return found();
    });
  }
  const reasonOf = async (dependency: string, env: Env) =>
    String((await healthOf(dependency, env))?.reason ?? "up");

  it("sells over TLS: database, queue and broker, and no secret is logged", async () => {
    await withCore({}, async (core) => {
      const worker = startWorker(core);
      try {
        await joinQueue(core, { queueId: "main", userId: 1 });
        await chargePoints(core, { userId: 1, amount: 1_000 });
        await eventually(async () => (await core.outbox.counts(null)).published > 0);
        const report = await checkInvariants(core);
        expect(report.results.filter(({ holds }) => !holds)).to.deep.equal([]);
      } finally {
        await worker.stop();
      }
    });
  });

  it("shows all servers as reachable, and the schema as current", async () => {
    const inspections = await inspectServers(configOf());
    expect(inspections.map(({ reachable, reason }) => reason ?? reachable)).to.deep.equal([
      ...[true, true, true],
    ]);
    expect((await migrationsOf(configOf())).pending).to.deep.equal([]);
  });

  it("reports a user without TLS, or without a certificate, as refused", async () => {
    const plain = { MYSQL_TLS: "off", MYSQL_TLS_CA: "" };
    expect(await reasonOf("mysql", plain)).to.match(/Access denied/);
    const needsCertificate = { MYSQL_URL: urlOf(secure.stack, CERTIFICATE_USER) };
    expect(await reasonOf("mysql", needsCertificate)).to.match(/Access denied/);
    const { clientCert, clientKey } = secure.certificates;
    const withCertificate = { MYSQL_TLS_CERT: clientCert, MYSQL_TLS_KEY: clientKey };
    expect(await reasonOf("mysql", { ...needsCertificate, ...withCertificate })).to.equal("up");
  });

  const noAuthority = { MYSQL_TLS_CA: "", REDIS_TLS_CA: "", KAFKA_TLS_CA: "" };
  /** A name of 127.0.0.1 that the certificate does not have. */
  const OTHER_NAME = "127.1";

  for (const dependency of ["mysql", "redis", "kafka"] as const) {
    const modeOf = (mode: string): Env => ({ [`${dependency.toUpperCase()}_TLS`]: mode });
    const otherName = (): Env => {
      const { MYSQL_URL = "", REDIS_URL = "", KAFKA_BROKERS = "" } = secure.env;
      const named = (text: string) => text.replace("127.0.0.1", OTHER_NAME);
      return {
        ...{ MYSQL_URL: named(MYSQL_URL), REDIS_URL: named(REDIS_URL) },
        KAFKA_BROKERS: named(KAFKA_BROKERS),
      };
    };

    it(`refuses a certificate of ${dependency} from an unknown authority`, async () => {
      for (const mode of ["verify-full", "verify-ca"]) {
        const reason = await reasonOf(dependency, { ...noAuthority, ...modeOf(mode) });
        expect(reason, mode).to.match(/self-signed certificate|unable to/);
        expect(reason, mode).to.include(`${dependency.toUpperCase()}_TLS_CA is not set`);
      }
      const accepted = await reasonOf(dependency, { ...noAuthority, ...modeOf("require") });
      expect(accepted).to.equal("up");
    });

    it(`names the setting of the expired authority of ${dependency}`, async () => {
      const name = `${dependency.toUpperCase()}_TLS_CA`;
      const env = { [name]: secure.certificates.expiredCa };
      for (const mode of ["verify-full", "verify-ca"]) {
        const reason = await reasonOf(dependency, { ...env, ...modeOf(mode) });
        expect(reason, mode).to.include(`certificate has expired (${name} has a certificate`);
      }
      const inspected = await inspectServers(configOf(env));
      const found = inspected.find(({ server }) => server === dependency);
      expect(found?.reason).to.include(name);
      const downs = lastLog.lines.filter(({ fields }) => fields.event === "dependency.down");
      expect(downs.map(({ fields }) => String(fields.reason)).join()).to.include(name);
    });

    it(`checks the name in the certificate of ${dependency} with verify-full only`, async () => {
      const full = await reasonOf(dependency, { ...otherName(), ...modeOf("verify-full") });
      expect(full).to.match(/does not match certificate|altnames/);
      expect(full).to.include(`${dependency.toUpperCase()}_TLS=verify-full`);
      const anyName = await reasonOf(dependency, { ...otherName(), ...modeOf("verify-ca") });
      expect(anyName).to.equal("up");
    });
  }

  it("never falls back to plain text when the server has no TLS", async () => {
    const { mysqlUrl, redisUrl } = secure.stack.urls;
    const [, redisPlain = ""] = /:(\d+)\//.exec(redisUrl.slice("redis://".length)) ?? [];
    const plainPort = { REDIS_URL: `rediss://127.0.0.1:${redisPlain}/0` };
    expect(await reasonOf("redis", plainPort)).to.not.equal("up");
    const plainBrokers = { KAFKA_BROKERS: secure.stack.urls.kafkaBrokers.join(",") };
    expect(await reasonOf("kafka", plainBrokers)).to.not.equal("up");
    expect(mysqlUrl).to.include("127.0.0.1");
  });

  for (const mechanism of ["plain", "scram-sha-256", "scram-sha-512"]) {
    it(`logs in at Kafka by ${mechanism}, and names a wrong password as the reason`, async () => {
      const right = { KAFKA_SASL_MECHANISM: mechanism };
      expect(await reasonOf("kafka", right)).to.equal("up");
      const wrong = { ...right, KAFKA_SASL_PASSWORD: "not-the-password" };
      expect(await reasonOf("kafka", wrong))
        .to.match(/auth/i)
        .and.not.include("not-the-password");
    });
  }

  it("works with a Redis user who may not read INFO, and says what is not visible", async () => {
    const { stack } = secure;
    const { Redis } = await import("ioredis");
    const admin = new Redis(stack.urls.redisUrl);
    await admin.call(
      "ACL",
      "SETUSER",
      "sale",
      "on",
      ">redis-secret",
      "~onsale:*",
      "&*",
      "+@all",
      "-info",
    );
    admin.disconnect();
    const env = { REDIS_URL: `rediss://sale@127.0.0.1:${secure.redisPort}/0` };
    const login = { ...env, REDIS_PASSWORD: "redis-secret" };
    expect(await reasonOf("redis", login)).to.equal("up");
    const [, redis] = await inspectServers(configOf(login));
    expect(redis).to.include({ server: "redis", reachable: true });
    expect(redis?.settings.map(({ value }) => value)).to.include("not visible");
    const wrong = { ...env, REDIS_PASSWORD: "not-the-password" };
    expect(await reasonOf("redis", wrong)).to.include("WRONGPASS");
  });
});
