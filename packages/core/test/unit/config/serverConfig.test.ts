import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { clientOptions as kafkaOptions } from "../../../src/adapters/kafka/clientOptions.ts";
import { databaseOptions } from "../../../src/adapters/mysql/clientOptions.ts";
import {
  addressOf,
  clusterOptions,
  clientOptions as redisOptions,
} from "../../../src/adapters/redis/clientOptions.ts";
import {
  ConfigError,
  readServersConfig,
  withSettingFiles,
} from "../../../src/config/readConfig.ts";
import { type Certificates, makeCertificates } from "../../support/certificates.ts";
import { GOOD_SETTINGS, SECRET } from "../../support/goodSettings.ts";

const GOOD = {
  ...GOOD_SETTINGS,
  ...{ MYSQL_URL: "mysql://root@db/onsale", REDIS_URL: "redis://cache" },
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readServersConfig({ ...GOOD, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("the settings of the servers", () => {
  let folder: string;
  let certificates: Certificates;
  before("makes certificates", async () => {
    folder = mkdtempSync(join(tmpdir(), "onsale-settings-"));
    certificates = await makeCertificates(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  const mysqlMode = (parameters: string, env: Record<string, string> = {}) =>
    readServersConfig({ ...GOOD, ...env, MYSQL_URL: `mysql://root@db/onsale${parameters}` }).mysql
      .tls?.mode;

  for (const [parameters, mode] of [
    ["", undefined],
    ["?ssl-mode=REQUIRED", "require"],
    ["?sslmode=require", "require"],
    ["?sslMode=verify-full", "verify-full"],
    ["?ssl-mode=VERIFY_IDENTITY", "verify-full"],
    ["?ssl_mode=VERIFY_CA", "verify-ca"],
    ["?ssl-mode=DISABLED", undefined],
    ["?ssl=true", "verify-full"],
    ["?tls=1", "verify-full"],
    ["?useSSL=false", undefined],
    ['?ssl={"rejectUnauthorized":true}', "verify-full"],
    ['?ssl={"rejectUnauthorized":false}', "require"],
  ] as const) {
    it(`reads "${parameters}" of MYSQL_URL as ${mode ?? "plain text"}`, () => {
      expect(mysqlMode(parameters)).to.equal(mode);
    });
  }

  for (const parameters of [
    "?ssl-mode=PREFERRED",
    "?sslmode=prefer",
    "?ssl-mode=perhaps",
    "?ssl=yes",
    "?sslaccept=strict",
    "?charset=latin1",
    "?multipleStatements=true",
    "?ssl=true&ssl-mode=DISABLED",
    '?ssl={"ca":"x"}',
  ]) {
    it(`refuses "${parameters}" of MYSQL_URL`, () => {
      const [problem, ...others] = problemsOf({ MYSQL_URL: `mysql://root@db/onsale${parameters}` });
      expect(problem).to.match(/^MYSQL_URL: /);
      expect(others).to.deep.equal([]);
    });
  }

  it("shows no value of a parameter that it refuses", () => {
    const url = "mysql://root@db/onsale?password=hunter2&ssl=hunter3";
    expect(problemsOf({ MYSQL_URL: url }).join())
      .to.include("password")
      .and.not.match(/hunter/);
  });

  for (const url of [
    "mysql://root@db/onsale#ssl-mode=REQUIRED",
    "mysql://root:1#2@db/onsale",
    "mysql://root:1/2@db/onsale",
    "mysql://root:hunter%zz@db/onsale",
    "mysql:/db/onsale",
    "mysql:///onsale",
    "mysql://root@db",
    "mysql://root@db:0/onsale",
    "mysql://root@one,two/onsale",
  ]) {
    it(`refuses ${url}, which names another server than it seems to`, () => {
      const problems = problemsOf({ MYSQL_URL: url, MYSQL_PASSWORD: "hunter" });
      expect(problems.map((line) => line.split(":")[0])).to.deep.equal(["MYSQL_URL"]);
      expect(problems.join()).to.not.include("hunter");
    });
  }

  it("gives both drivers the same address, decoded, and no URL", () => {
    const { mysql } = readServersConfig({
      ...GOOD,
      MYSQL_URL: "mariadb://an%40na:p%3Aw%25@[::1]:3307/on%20sale?ssl-mode=REQUIRED",
    });
    expect(mysql.url).to.not.include("?");
    expect(databaseOptions(mysql)).to.deep.include({
      ...{ host: "::1", port: 3307, user: "an@na", password: "p:w%", database: "on sale" },
      ssl: { rejectUnauthorized: false, verifyIdentity: false },
    });
  });

  it("takes the stricter words of the setting, and refuses a contradiction", () => {
    expect(mysqlMode("?ssl-mode=REQUIRED", { MYSQL_TLS: "verify-full" })).to.equal("verify-full");
    const off = { MYSQL_URL: `${GOOD.MYSQL_URL}?ssl-mode=REQUIRED`, MYSQL_TLS: "off" };
    expect(problemsOf(off)).to.have.length(1);
    const less = { MYSQL_URL: `${GOOD.MYSQL_URL}?ssl-mode=VERIFY_CA`, MYSQL_TLS: "require" };
    expect(problemsOf(less).join()).to.match(/^MYSQL_TLS: checks less/);
    const on = { MYSQL_URL: `${GOOD.MYSQL_URL}?ssl=false`, MYSQL_TLS: "require" };
    expect(problemsOf(on).join()).to.match(/^MYSQL_TLS: contradicts/);
    expect(problemsOf({ REDIS_URL: "rediss://cache", REDIS_TLS: "off" }).join()).to.match(
      /^REDIS_TLS: contradicts/,
    );
  });

  it("refuses certificates that would have no effect, or do not fit together", () => {
    const { ca, clientCert, clientKey, serverKey } = certificates;
    const require = { MYSQL_TLS: "require" };
    expect(problemsOf({ MYSQL_TLS_CA: ca }).join()).to.match(/^MYSQL_TLS_CA: .*without TLS/);
    expect(problemsOf({ ...require, MYSQL_TLS_CA: ca }).join()).to.match(
      /no certificate is checked/,
    );
    expect(problemsOf({ ...require, MYSQL_TLS_CERT: clientCert }).join()).to.match(
      /^MYSQL_TLS_KEY: missing/,
    );
    expect(problemsOf({ KAFKA_TLS: "verify-ca", KAFKA_TLS_KEY: clientKey }).join()).to.match(
      /^KAFKA_TLS_CERT: missing/,
    );
    const foreign = { MYSQL_TLS_CERT: clientCert, MYSQL_TLS_KEY: serverKey };
    expect(problemsOf({ ...require, ...foreign }).join()).to.match(/is not the key/);
    expect(problemsOf({ ...require, MYSQL_TLS_CERT: "-----BEGIN" }).join()).to.match(/PEM/);
    const half = `${ca}\n${ca.slice(0, 60)}\n${ca.slice(-30)}`;
    expect(problemsOf({ MYSQL_TLS: "verify-ca", MYSQL_TLS_CA: half }).join()).to.match(/PEM/);
  });

  it("reads passwords, secrets and certificates from files", () => {
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, `${text}\n`);
      return path;
    };
    const { AUTH_JWT_SECRET: _unset, ...rest } = GOOD;
    const config = readServersConfig({
      ...rest,
      AUTH_JWT_SECRET_FILE: file("access", SECRET),
      MYSQL_PASSWORD_FILE: file("mysql", "p w"),
      MYSQL_TLS: "verify-ca",
      MYSQL_TLS_CA_FILE: file("ca", certificates.ca),
      REDIS_PASSWORD_FILE: file("redis", "r"),
      KAFKA_SASL_MECHANISM: "SCRAM-SHA-512",
      KAFKA_SASL_USERNAME: "onsale",
      KAFKA_SASL_PASSWORD_FILE: file("kafka", "k"),
    });
    expect(config.auth.jwtSecret).to.equal(SECRET);
    expect(config.mysql.url).to.equal("mysql://root:p%20w@db/onsale");
    expect(config.mysql.tls).to.deep.include({ mode: "verify-ca", ca: certificates.ca });
    expect(config.redis.url).to.equal("redis://:r@cache");
    expect(config.kafka.sasl).to.deep.equal({
      ...{ mechanism: "scram-sha-512", username: "onsale", password: "k" },
    });
    expect(kafkaOptions(config.kafka)).to.not.have.property("ssl");
  });

  it("refuses a file that has no text, and a value beside its file", () => {
    const empty = join(folder, "empty");
    writeFileSync(empty, "\n");
    expect(problemsOf({ MYSQL_PASSWORD_FILE: empty })).to.deep.equal([
      "MYSQL_PASSWORD_FILE: names an empty file",
    ]);
    expect(problemsOf({ MYSQL_PASSWORD_FILE: folder }).join()).to.match(/names no file/);
    expect(problemsOf({ MYSQL_PASSWORD_FILE: "/no/such/file" }).join()).to.match(/ENOENT/);
    expect(problemsOf({ MYSQL_PASSWORD_FILE: empty, MYSQL_PASSWORD: "x" }).join()).to.match(
      /MYSQL_PASSWORD is set too/,
    );
  });

  it("reads the file of a variable that is blank, also for a single command", () => {
    const path = join(folder, "admin");
    const secret = "a".repeat(32);
    writeFileSync(path, secret);
    const file = { ADMIN_JWT_SECRET_FILE: `${path} `, MYSQL_PASSWORD_FILE: "" };
    const env = { ADMIN_JWT_SECRET: " ", ...file };
    expect(readServersConfig({ ...GOOD, ...env }).admin.jwtSecret).to.equal(secret);
    expect(withSettingFiles(env).ADMIN_JWT_SECRET).to.equal(secret);
  });

  it("needs user and password for SASL, and refuses a user without a mechanism", () => {
    expect(problemsOf({ KAFKA_SASL_MECHANISM: "plain" })).to.have.length(2);
    expect(problemsOf({ KAFKA_SASL_USERNAME: "onsale" }).join()).to.match(
      /without KAFKA_SASL_MECH/,
    );
    expect(problemsOf({ KAFKA_SASL_MECHANISM: "gssapi" }).join()).to.match(/KAFKA_SASL_MECHANISM/);
  });

  for (const brokers of ["SASL_SSL://one:9093", "one", "one:0", "one:9092/x", "a:b@one:9092"]) {
    it(`refuses ${brokers} as brokers`, () => {
      expect(problemsOf({ KAFKA_BROKERS: brokers }).join()).to.match(/^KAFKA_BROKERS: /);
    });
  }

  it("reads the user and the database of Redis", () => {
    const { redis } = readServersConfig({ ...GOOD, REDIS_URL: "redis://ops:p%40@cache:6380/3" });
    expect(redisOptions(redis)).to.deep.equal({
      ...{ host: "cache", port: 6380, db: 3, username: "ops", password: "p@" },
    });
  });

  it("prefers the password in REDIS_URL, also with characters of a URL", () => {
    const env = { REDIS_URL: "redis://:p/w?@cache", REDIS_PASSWORD: "other" };
    expect(redisOptions(readServersConfig({ ...GOOD, ...env }).redis).password).to.equal("p/w?");
  });

  it("uses TLS for rediss://, and checks certificate and name", () => {
    const { redis } = readServersConfig({ ...GOOD, REDIS_URL: "rediss://cache" });
    expect(redisOptions(redis).tls).to.deep.equal({
      ...{ rejectUnauthorized: true, servername: "cache" },
    });
  });

  it("reads sentinels and the name of their master", () => {
    const env = {
      REDIS_URL: "rediss+sentinel://ops@one:26379,two/sale/2",
      REDIS_PASSWORD: "of-redis",
      REDIS_SENTINEL_PASSWORD: "of-sentinels",
    };
    expect(redisOptions(readServersConfig({ ...GOOD, ...env }).redis)).to.deep.include({
      sentinels: [
        { host: "one", port: 26379 },
        { host: "two", port: 26379 },
      ],
      ...{ name: "sale", db: 2, username: "ops", password: "of-redis" },
      ...{ sentinelPassword: "of-sentinels", enableTLSForSentinelMode: true },
    });
    expect(problemsOf({ REDIS_SENTINEL_PASSWORD: "x" }).join()).to.match(/names no sentinel/);
  });

  it("reads the nodes of a cluster", () => {
    const env = { REDIS_URL: "rediss+cluster://ops@one:7000,two", REDIS_PASSWORD: "secret" };
    const { redis } = readServersConfig({ ...GOOD, ...env });
    const { nodes, options } = clusterOptions(redis, addressOf(redis), {});
    expect(nodes).to.deep.equal([
      { host: "one", port: 7000 },
      { host: "two", port: 6379 },
    ]);
    expect(options.redisOptions).to.deep.include({ username: "ops", password: "secret" });
    expect(options.redisOptions?.tls).to.deep.equal({ rejectUnauthorized: true });
  });

  for (const [url, reason] of [
    ["redis+cluster://one:7000/2", "only the database 0"],
    ["redis+rush://one:7000", "must be redis://"],
    ["redis://one:7000,two:7000", "several servers"],
    ["redis+sentinel://one:26379", "name of the master"],
    ["redis://cache/main", "not a number"],
    ["redis://cache?tls=true", "rediss://"],
    ["redis://cache:99999", "port"],
    ["redis://ops:50%@cache", "%25"],
    ["redis://cache/0#tls", "%23"],
    ["redis://cache/0?name=me@other", "behind the host"],
    ["redis://cache?family=4&family=6", "twice"],
  ] as const) {
    it(`refuses ${url}`, () => {
      expect(problemsOf({ REDIS_URL: url }).join())
        .to.match(/^REDIS_URL: /)
        .and.include(reason);
    });
  }
});
