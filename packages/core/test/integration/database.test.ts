import { expect } from "chai";
import { openMysql } from "../../src/adapters/mysql/connection.ts";
import { query, sql } from "../../src/adapters/sql/statement.ts";
import { migrateDatabase, migrationsOf } from "../../src/compose/openCore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { systemRandom } from "../../src/shared/random.ts";
import { codeOf, failureOf, held, makeSeat, newUserId } from "../support/fixtures.ts";
import { recordingLog, recordingMetrics } from "../support/recorders.ts";
import { useTestCore } from "../support/testCore.ts";
import { configOf } from "../support/testStack.ts";

const BALANCE = query(
  sql("test.balance", "SELECT balance FROM point_accounts WHERE user_id = :user"),
  (row) => row.integer("balance"),
);
const SET_BALANCE = sql(
  "test.setBalance",
  "UPDATE point_accounts SET balance = 1 WHERE user_id = :user",
);

const SESSION_VARIABLES = query(
  sql(
    "test.sessionVariables",
    `SHOW SESSION VARIABLES WHERE Variable_name IN
       ('tx_isolation', 'transaction_isolation', 'time_zone', 'sql_mode')`,
  ),
  (row) => ({ name: row.text("Variable_name"), value: row.text("Value") }),
);
const PREPARED_STATEMENTS = query(
  sql("test.preparedStatements", "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'"),
  (row) => row.text("Value"),
);
const BOUND_VALUES = query(
  sql("test.boundValues", "SELECT :nasty AS text, 7 IN (:list) AS list"),
  (row) => ({ text: row.text("text"), list: row.integer("list") }),
);

describe("the database", () => {
  const current = useTestCore();

  it("runs each migration once, and lists the migrations that ran", async () => {
    const config = configOf(current().stack);
    expect(await migrateDatabase(config)).to.deep.equal([]);
    const { executed, pending } = await migrationsOf(config);
    expect(executed).to.deep.equal([
      "0001-initialSchema",
      "0002-queueFormerLimits",
      "0003-queueIdsKeepCase",
      "0004-queueGenerations",
      "0005-seatAllowances",
      "0006-admissionsOfBuyer",
      "0007-messageIdsKeepCase",
      "0008-invariantIndexes",
      "0009-operations",
      "0010-workers",
      "0011-outboxOperations",
      "0012-saleWindows",
      "0013-pointAdjustments",
      "0014-invariantChecks",
      "0015-jobStops",
      "0016-settingsVersions",
      "0017-outboxMarksInPlace",
      "0018-catalogIndexes",
      "0019-sales",
      "0020-admissionsOfReturnedPlaces",
      "0021-buyerLimits",
      "0022-freeSeats",
      "0023-venueTimeZones",
      "0024-partialReleases",
      "0025-seatRowsAndBlocks",
      "0029-textsOfAllLanguages",
      "0030-subjectsAndLeftPlaces",
      "0031-deliveries",
      "0032-accessibleSeats",
    ]);
    expect(pending).to.deep.equal([]);
  });

  it("refuses a second live link to a seat by a unique key, and allows past links", async () => {
    const { core, sql } = current();
    const seatId = await makeSeat(core);
    const reservationId = await held(core, newUserId(), [seatId]);
    const link = (live: string) =>
      sql(
        `INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
         SELECT id + 1, ?, 1, 1, ${live} FROM (SELECT ? AS id) one`,
        [seatId, reservationId],
      );
    await sql(
      `INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
       SELECT id + 1, user_id, performance_id, 'PENDING', 1, NOW() FROM reservations WHERE id = ?`,
      [reservationId],
    );
    expect(codeOf(await failureOf(link("1")))).to.equal("ER_DUP_ENTRY");
    for (const live of ["0", "2"]) {
      expect(await failureOf(link(live)))
        .to.have.property("message")
        .that.matches(/CONSTRAINT|constraint/);
    }
    await link("NULL");
    await sql("DELETE FROM reservation_seats WHERE reservation_id = ?", [reservationId + 1]);
    await sql("DELETE FROM reservations WHERE id = ?", [reservationId + 1]);
  });

  it("refuses a balance below zero or above 2^53 - 1, and a negative price", async () => {
    const { core, sql } = current();
    const seatId = await makeSeat(core);
    const refused = [
      "INSERT INTO point_accounts (user_id, balance, version) VALUES (1, -1, 1)",
      "INSERT INTO point_accounts (user_id, balance, version) VALUES (1, 9007199254740992, 1)",
      `UPDATE seats SET price = -1 WHERE id = ${seatId}`,
    ];
    for (const statement of refused) {
      expect(await failureOf(sql(statement)))
        .to.have.property("message")
        .that.matches(/CONSTRAINT|constraint/);
    }
  });

  describe("in the sessions of core", () => {
    const ports = () => ({
      clock: systemClock,
      random: systemRandom,
      log: recordingLog(),
      metrics: recordingMetrics(),
    });

    it("has READ COMMITTED, UTC and strict mode", async () => {
      const opened = openMysql(configOf(current().stack).mysql, ports());
      try {
        const rows = await opened.db.select(null, SESSION_VARIABLES);
        const settingOf = (part: string) => rows.find(({ name }) => name.includes(part))?.value;
        expect(settingOf("isolation")).to.equal("READ-COMMITTED");
        expect(settingOf("time_zone")).to.equal("+00:00");
        expect(settingOf("sql_mode")).to.include("STRICT_ALL_TABLES");
      } finally {
        await opened.close();
      }
    });

    it("prepares no statement on the server", async () => {
      const { mysql } = configOf(current().stack, { MYSQL_POOL_MAX: "1" });
      const { db, close } = openMysql(mysql, ports());
      try {
        for (let user = 1; user <= 20; user += 1) {
          await db.select(null, BALANCE, { user });
          await db.change(null, SET_BALANCE, { user: -user });
        }
        const [prepared] = await db.select(null, PREPARED_STATEMENTS);
        expect(prepared).to.equal("0");
      } finally {
        await close();
      }
    });

    it("shows by metrics how many statements wait for a connection of the pool", async () => {
      const { mysql } = configOf(current().stack, { MYSQL_POOL_MAX: "1" });
      const seen = Promise.withResolvers<void>();
      const gauges = new Map<string, number>();
      const gauge = (name: string, _labels: object, value: number): void => {
        gauges.set(name, value);
        if (gauges.get("mysql_pool_in_use") === 1 && name === "mysql_pool_max") seen.resolve();
      };
      const { db, close } = openMysql(mysql, {
        ...{ ...ports(), metrics: { ...recordingMetrics(), gauge } },
      });
      try {
        let second: Promise<unknown> | undefined;
        await db.withTransaction(async (tx) => {
          await db.select(tx, BALANCE, { user: 1 });
          second = db.select(null, BALANCE, { user: 1 });
          await seen.promise;
        });
        await second;
        expect(gauges.get("mysql_pool_waiting")).to.equal(1);
        expect(gauges.get("mysql_pool_max")).to.equal(1);
      } finally {
        await close();
      }
    });

    it("stores every character of a value", async () => {
      const opened = openMysql(configOf(current().stack).mysql, ports());
      const nasty = `it's "quoted" \\ :name ? -- ; \u{1F3AB} \0 %`;
      try {
        const values = { nasty, list: [6, 7], name: "not me" };
        const [row] = await opened.db.select(null, BOUND_VALUES, values);
        expect(row).to.deep.equal({ text: nasty, list: 1 });
      } finally {
        await opened.close();
      }
    });
  });
});
