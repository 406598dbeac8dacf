import { type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { expect } from "chai";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import { migrateDatabase, openCore } from "../../src/compose/openCore.ts";
import { readServersConfig } from "../../src/config/readConfig.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { failureOf, newUserId } from "../support/fixtures.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";

const SECRET = "only-for-tests-0123456789-0123456789";
const SALE_USER = { name: "sale", password: "of-the-sale" } as const;
/** Longer than a refusal decides about the health. */
const RECOVERY_MS = 15_000;

/** On servers of their own, because the tests change what users of the servers may do. */
describe("servers that answer and refuse work", function () {
  this.timeout(RECOVERY_MS + 10_000);
  let stack: Stack;
  let admin: mysql.Connection;
  let redis: Redis;
  let core: CoreContext;
  let close: () => Promise<void>;

  before("starts a database and a Redis, and opens core with an ordinary user", async () => {
    stack = await stackUp({
      name: `${TEST_STACK_PREFIX}refusals-${process.pid}`,
      servers: ["mysql", "redis"],
      env: { ...process.env, MYSQL_URL: "", REDIS_URL: "" },
    });
    const { mysqlUrl, redisUrl } = stack.urls;
    const env = {
      ...{ MYSQL_URL: mysqlUrl, REDIS_URL: redisUrl, AUTH_JWT_SECRET: SECRET },
      ...{ QUEUE_TOKEN_KEYS: `test:${SECRET}`, LOG_LEVEL: "silent" },
    };
    await migrateDatabase(readServersConfig(env));
    admin = await mysql.createConnection(mysqlUrl);
    redis = new Redis(redisUrl);
    const { name, password } = SALE_USER;
    await admin.query(`CREATE USER '${name}'@'127.0.0.1' IDENTIFIED BY ?`, [password]);
    await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON onsale.* TO ${account}`);
    const url = new URL(mysqlUrl);
    Object.assign(url, { username: name, password });
    const config = readServersConfig({ ...env, MYSQL_URL: url.href });
    const opened = await openCore(config, { log: recordingLog(), role: "api" });
    ({ core, close } = opened);
  });
  after("stops them", async () => {
    await close?.();
    await admin?.end();
    redis?.disconnect();
    await stack?.down();
  });

  const account = `'${SALE_USER.name}'@'127.0.0.1'`;
  const healthOf = (name: string) => core.health().find(({ dependency }) => dependency === name);
  const isUp = (name: string) => () => healthOf(name)?.up === true;
  const charge = (userId: number) => chargePoints(core, { userId, amount: 1_000 });

  /** The thread of the sale's user that waits for a row, once there is one. */
  async function waitingThread(): Promise<number> {
    let thread = 0;
    await eventually(async () => {
      const [rows] = await admin.query<mysql.RowDataPacket[]>("SHOW PROCESSLIST");
      const found = rows.find(
        ({ User, Command, Info }) =>
          User === SALE_USER.name && Command === "Query" && /point_accounts/.test(String(Info)),
      );
      thread = Number(found?.Id ?? 0);
      return thread > 0;
    });
    return thread;
  }

  it("runs a charge again when an operator kills its statement, once", async () => {
    await charge(1);
    await admin.query("START TRANSACTION");
    await admin.query("SELECT * FROM point_accounts WHERE user_id = 1 FOR UPDATE");
    const charging = charge(1);
    await admin.query(`KILL QUERY ${await waitingThread()}`);
    await admin.query("ROLLBACK");
    await charging;
    expect(await balanceOf(core, { userId: 1 })).to.equal(2_000);
  });

  it("answers a statement timeout as unavailable, with nothing half done", async function () {
    const [[row]] = await admin.query<mysql.RowDataPacket[]>("SELECT VERSION() AS version");
    // In MySQL, the timeout ends only reads.
    if (!/mariadb/i.test(String(row?.version))) this.skip();
    await charge(2);
    await admin.query(`ALTER USER ${account} WITH MAX_STATEMENT_TIME 0.2`);
    try {
      const { core: limited, close: closeLimited } = await openAgain();
      try {
        await admin.query("START TRANSACTION");
        await admin.query("SELECT * FROM point_accounts WHERE user_id = 2 FOR UPDATE");
        const failure = await failureOf(chargePoints(limited, { userId: 2, amount: 1_000 }));
        await admin.query("ROLLBACK");
        expect(failure).to.be.instanceOf(DependencyUnavailableError);
      } finally {
        await closeLimited();
      }
    } finally {
      await admin.query(`ALTER USER ${account} WITH MAX_STATEMENT_TIME 0`);
    }
    expect(await balanceOf(core, { userId: 2 })).to.equal(1_000);
  });

  /** A core whose sessions begin now. */
  async function openAgain() {
    const url = new URL(stack.urls.mysqlUrl);
    Object.assign(url, { username: SALE_USER.name, password: SALE_USER.password });
    const config = readServersConfig({
      ...{ MYSQL_URL: url.href, REDIS_URL: stack.urls.redisUrl, AUTH_JWT_SECRET: SECRET },
      ...{ QUEUE_TOKEN_KEYS: `test:${SECRET}`, LOG_LEVEL: "silent", TRANSACTION_GROUP_MAX: "1" },
    });
    return openCore(config, { log: recordingLog(), role: "api" });
  }

  it("is unhealthy while the user may not write", async () => {
    await charge(3);
    await admin.query(`REVOKE INSERT ON onsale.* FROM ${account}`);
    // The server reads the rights on a database at the start of a session.
    const limited = await openAgain();
    try {
      const refused = await failureOf(chargePoints(limited.core, { userId: 3, amount: 1_000 }));
      expect(refused).to.be.instanceOf(DependencyUnavailableError);
      const health = limited.core.health().find(({ dependency }) => dependency === "mysql");
      expect(health).to.include({ up: false });
      expect(health?.reason).to.match(/INSERT command denied/);
    } finally {
      await limited.close();
      await admin.query(`GRANT INSERT ON onsale.* TO ${account}`);
    }
    expect(await balanceOf(core, { userId: 3 })).to.equal(1_000);
  });

  it("knows that the database is read-only before a request fails", async () => {
    await admin.query("SET GLOBAL read_only = ON");
    try {
      await eventually(() => healthOf("mysql")?.isReadOnly === true);
      expect(await failureOf(charge(4))).to.be.instanceOf(DependencyUnavailableError);
    } finally {
      await admin.query("SET GLOBAL read_only = OFF");
    }
    await eventually(() => healthOf("mysql")?.isReadOnly === false);
    await charge(4);
  });

  it("is unavailable while the schema is missing", async () => {
    await admin.query("RENAME TABLE point_accounts TO point_accounts_away");
    try {
      expect(await failureOf(charge(5))).to.be.instanceOf(DependencyUnavailableError);
      expect(healthOf("mysql")?.reason).to.match(/doesn't exist/);
    } finally {
      await admin.query("RENAME TABLE point_accounts_away TO point_accounts");
    }
    await charge(5);
    await eventually(isUp("mysql"));
  });

  const join = (userId: number) => joinQueue(core, { queueId: "main", userId });
  for (const [state, harm, heal, reason] of [
    [
      "forbids scripts",
      ["ACL", "SETUSER", "default", "-@scripting"],
      ["ACL", "SETUSER", "default", "+@all"],
      /NOPERM/,
    ],
    [
      "is a replica",
      ["REPLICAOF", "127.0.0.1", "1"],
      ["REPLICAOF", "NO", "ONE"],
      /READONLY|read only/,
    ],
    [
      "has no memory",
      ["CONFIG", "SET", "maxmemory", "1"],
      ["CONFIG", "SET", "maxmemory", "0"],
      /OOM/,
    ],
  ] as const) {
    it(`answers a join as unavailable while Redis ${state}, and is unhealthy`, async () => {
      await eventually(isUp("redis"));
      await join(newUserId());
      const [command, ...args] = harm;
      await redis.call(command, ...args);
      try {
        expect(await failureOf(join(newUserId()))).to.be.instanceOf(DependencyUnavailableError);
        await eventually(() => healthOf("redis")?.up === false);
        expect(healthOf("redis")?.reason).to.match(reason);
      } finally {
        const [healing, ...rest] = heal;
        await redis.call(healing, ...rest);
      }
      await eventually(isUp("redis"));
      expect(await join(newUserId())).to.include({ status: "WAITING" });
    });
  }
});
