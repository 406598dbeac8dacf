import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readServersConfig } from "@onsale/core";
import { expect } from "chai";
import { profileFolder } from "../../src/profile.ts";
import { serverEnvironment } from "../../src/stackEnvironment.ts";

describe("a profile", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  beforeEach("creates a folder for settings", async () => {
    home = await mkdtemp(join(tmpdir(), "onsale-profile-"));
    env = { XDG_CONFIG_HOME: home };
    await mkdir(profileFolder(env), { recursive: true });
  });
  afterEach("removes it", () => rm(home, { recursive: true }));

  const write = (text: string) => writeFile(join(profileFolder(env), "stage.env"), text);
  const read = (more: NodeJS.ProcessEnv = {}) => serverEnvironment({ ...env, ...more }, "stage");
  const refusal = async (work: Promise<unknown>) =>
    work.then(
      () => "accepted",
      (error: unknown) => error instanceof Error && "code" in error && error.code,
    );
  const SERVERS = "MYSQL_URL=mysql://ops@db/onsale\nREDIS_URL=redis://cache/0\n";

  it("names the servers, and takes passwords from the environment", async () => {
    await write(SERVERS);
    const { env: found, source } = await read({ MYSQL_PASSWORD: "p@ss" });
    expect(source).to.equal("profile");
    const secret = "s".repeat(32);
    const secrets = { QUEUE_TOKEN_KEYS: `k1:${secret}`, AUTH_JWT_SECRET: secret };
    const { mysql, redis } = readServersConfig({ ...found, ...secrets });
    expect(mysql.url).to.equal("mysql://ops:p%40ss@db/onsale");
    expect(redis.url).to.equal("redis://cache/0");
  });

  it("is refused when it does not exist, or when its name points outside the folder", async () => {
    expect(await refusal(read())).to.equal("PROFILE_NOT_FOUND");
    expect(await refusal(serverEnvironment(env, "../stage"))).to.equal("PROFILE_NOT_FOUND");
  });

  it("is read with a byte order mark at its beginning", async () => {
    await write(`\uFEFF${SERVERS}`);
    expect((await read()).env.MYSQL_URL).to.equal("mysql://ops@db/onsale");
  });

  it("is refused when it is no readable file, or no small one", async () => {
    const path = join(profileFolder(env), "stage.env");
    await mkdir(path);
    expect(await refusal(read())).to.equal("PROFILE_UNREADABLE");
    await rm(path, { recursive: true });
    await symlink(path, path);
    expect(await refusal(read())).to.equal("PROFILE_UNREADABLE");
    await rm(path);
    await write(`${SERVERS}#${" ".repeat(70_000)}`);
    expect(await refusal(read())).to.equal("PROFILE_UNREADABLE");
    await rm(path);
    execFileSync("mkfifo", [path]);
    expect(await refusal(read())).to.equal("PROFILE_UNREADABLE");
  });

  it("is refused when it names a server twice", async () => {
    await write(`${SERVERS}export MYSQL_URL=mysql://ops@other/onsale\n`);
    expect(await refusal(read())).to.equal("INSTALLATION_MIXED");
    await write(`${SERVERS}LOG_LEVEL=info\nLOG_LEVEL=warn\n`);
    expect(await refusal(read())).to.equal("accepted");
  });

  it("is refused with a secret in it", async () => {
    await write(`${SERVERS}AUTH_JWT_SECRET=abc`);
    expect(await refusal(read())).to.equal("PROFILE_HAS_SECRET");
    await write("MYSQL_URL=mysql://ops:secret@db/onsale\nREDIS_URL=redis://cache/0");
    expect(await refusal(read())).to.equal("PROFILE_HAS_SECRET");
  });

  it("is never mixed with servers that environment variables name", async () => {
    await write(SERVERS);
    expect(await refusal(read({ REDIS_URL: "redis://other/0" }))).to.equal("INSTALLATION_MIXED");
    expect(await refusal(read({ KAFKA_BROKERS: "other:9092" }))).to.equal("INSTALLATION_MIXED");
    expect(await refusal(read({ REDIS_URL: "redis://cache/0" }))).to.equal("accepted");
    await write("MYSQL_URL=mysql://ops@db/onsale");
    expect(await refusal(read())).to.equal("INSTALLATION_INCOMPLETE");
    await write("");
    const failure = await read().catch((error: unknown) => error);
    expect(failure).to.include({ next: "Set MYSQL_URL and REDIS_URL." });
  });
});

describe("serverEnvironment without a profile", () => {
  it("refuses an environment that names only some servers", async () => {
    for (const given of [
      { MYSQL_URL: "mysql://root@db/onsale" },
      { REDIS_URL: "redis://cache/0" },
      { KAFKA_BROKERS: "kafka:9092" },
    ]) {
      const failure = await serverEnvironment(given).catch((error: unknown) => error);
      expect(failure).to.include({ code: "INSTALLATION_INCOMPLETE", exitCode: 3 });
    }
  });
});
