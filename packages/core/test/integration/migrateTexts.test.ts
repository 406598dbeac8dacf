import { expect } from "chai";
import mysql from "mysql2/promise";
import { MIGRATIONS } from "../../src/adapters/sql/migrations/migrations.ts";
import { listConcerts } from "../../src/catalog/browseConcerts.ts";
import { createConcert, createPerformance } from "../../src/catalog/createConcert.ts";
import { migrateDatabase, migrationsOf, openCore } from "../../src/compose/openCore.ts";
import { executeOperation } from "../../src/operations/executeOperation.ts";
import { findOperation } from "../../src/operations/operationList.ts";
import { planOperation } from "../../src/operations/planOperation.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { createUser } from "../../src/user/createUser.ts";
import { chargedUser, paid } from "../support/fixtures.ts";
import { recordingLog } from "../support/recorders.ts";
import {
  configOf,
  dropTestStack,
  newTestStack,
  runSql,
  type TestStack,
} from "../support/testStack.ts";

/** The last migration before the character set of the texts was defined. */
const BEFORE_TEXTS = "0020-admissionsOfReturnedPlaces";
const QUEUE_ID = "main";
/** Korean, an emoji of several code points, right to left, and a character of 4 bytes. */
const TEXT = "아이유 👩‍🎤 שלום עולם 𠮷野家";

describe("a database that was created with latin1", () => {
  let stack: TestStack;
  beforeEach("creates the database", async () => {
    stack = await newTestStack();
    const server = new URL(stack.env.MYSQL_URL ?? "");
    server.pathname = "/";
    const connection = await mysql.createConnection(server.href.replace(/^mariadb:/, "mysql:"));
    await connection.query(`CREATE DATABASE ${stack.name} CHARACTER SET latin1`);
    await connection.end();
  });
  afterEach("drops the database", () => dropTestStack(stack));

  const unsuitable = async (): Promise<readonly string[]> =>
    (await migrationsOf(configOf(stack), { isJudged: true })).unsuitable ?? [];

  /** An operation whose operator and reason have the text, as the audit shows it. */
  async function expectAudit(core: CoreContext): Promise<void> {
    const operation = findOperation("queue.configure");
    const input = { queueId: QUEUE_ID, settings: { mode: "paused" } };
    const operator = { name: TEXT, host: TEXT, command: TEXT };
    await configureQueue(core, { queueId: QUEUE_ID, settings: {} });
    await planOperation(core, { operation, input });
    await executeOperation(core, { operation, input, operator, reason: TEXT });
    const [record] = await core.operations.listAudit(null, { max: 1 });
    expect(record).to.deep.include({ operator, reason: TEXT });
  }

  /** Writes and reads a text in every field that people fill, and searches for it. */
  async function expectTexts(): Promise<void> {
    const opened = await openCore(configOf(stack), { log: recordingLog() });
    const { core } = opened;
    try {
      const user = await createUser(core, { name: TEXT });
      const [{ name } = { name: "" }] = await runSql(stack, "SELECT name FROM users WHERE id = ?", [
        user.userId,
      ]);
      expect(name).to.equal(TEXT);
      const { id } = await createConcert(core, { title: TEXT, singer: TEXT });
      const { performanceId } = await createPerformance(core, {
        concertId: id,
        startsAt: new Date(Date.now() + 86_400_000),
        venue: TEXT,
        seats: [{ seatNo: "가-1", section: "S석 🎫", price: 10 }],
      });
      const found = await listConcerts(core, { title: "👩‍🎤 שלום", singer: "아이유", limit: 5 });
      expect(found.map(({ title, singer }) => [title, singer])).to.deep.equal([[TEXT, TEXT]]);
      const [{ venue } = { venue: "" }] = await runSql(stack, "SELECT venue FROM performances");
      expect(venue).to.equal(TEXT);
      const [seat] = await core.seats.ofPerformance(null, performanceId);
      const [stored] = await runSql(stack, "SELECT seat_no, section FROM seats");
      expect(stored).to.deep.equal({ seat_no: "가-1", section: "S석 🎫" });
      const userId = await chargedUser(core, 1_000);
      await paid(core, userId, [seat?.id ?? 0]);
      await expectAudit(core);
    } finally {
      await opened.close();
    }
  }

  it("stores the texts of all languages after the first migration", async () => {
    await migrateDatabase(configOf(stack));
    expect(await unsuitable()).to.deep.equal([]);
    await expectTexts();
  });

  it("stores them after the upgrade of an older schema, whose texts are kept", async () => {
    const older = MIGRATIONS.slice(
      0,
      MIGRATIONS.findIndex(({ name }) => name === BEFORE_TEXTS) + 1,
    );
    await runSql(stack, "CREATE TABLE migrations (name VARCHAR(255) NOT NULL PRIMARY KEY)");
    for (const { name, statements } of older) {
      for (const statement of statements) await runSql(stack, statement);
      await runSql(stack, "INSERT INTO migrations (name) VALUES (?)", [name]);
    }
    await runSql(stack, "INSERT INTO users (name) VALUES ('Beyoncé')");
    expect(await unsuitable()).to.include("users.name is latin1_swedish_ci");
    await migrateDatabase(configOf(stack));
    expect(await unsuitable()).to.deep.equal([]);
    expect(await runSql(stack, "SELECT name FROM users")).to.deep.equal([{ name: "Beyoncé" }]);
    await expectTexts();
  });

  it("is reported while a table was changed by hand", async () => {
    await migrateDatabase(configOf(stack));
    await runSql(stack, "ALTER TABLE concerts MODIFY singer VARCHAR(200) CHARACTER SET latin1");
    await runSql(stack, "CREATE TABLE of_other_program (name VARCHAR(9) CHARACTER SET latin1)");
    expect(await unsuitable()).to.deep.equal(["concerts.singer is latin1_swedish_ci"]);
  });
});

describe("a server with defaults of long ago", () => {
  let stack: TestStack;
  const PASSWORD = "only-for-tests";
  /** Not root: the server does not run init_connect for administrators. */
  const userOf = ({ name }: TestStack) => `'${name}'@'%'`;

  beforeEach("sets the defaults", async () => {
    stack = await newTestStack();
    const url = new URL(stack.env.MYSQL_URL ?? "");
    url.pathname = "/";
    const connection = await mysql.createConnection(url.href.replace(/^mariadb:/, "mysql:"));
    await connection.query("SET GLOBAL innodb_default_row_format = COMPACT");
    await connection.query("SET GLOBAL init_connect = 'SET NAMES utf8mb3'");
    await connection.query(`CREATE USER ${userOf(stack)} IDENTIFIED BY '${PASSWORD}'`);
    await connection.query(`GRANT ALL ON ${stack.name}.* TO ${userOf(stack)}`);
    await connection.end();
  });
  afterEach("resets them", async () => {
    await runSql(stack, "SET GLOBAL innodb_default_row_format = DYNAMIC");
    await runSql(stack, "SET GLOBAL init_connect = ''");
    await runSql(stack, `DROP USER ${userOf(stack)}`);
    await dropTestStack(stack);
  });

  it("stores the bytes of the texts, and accepts the keys of the tables", async () => {
    const url = new URL(stack.env.MYSQL_URL ?? "");
    Object.assign(url, { username: stack.name, password: PASSWORD });
    const config = configOf(stack, { MYSQL_URL: url.href });
    await migrateDatabase(config);
    const opened = await openCore(config, { log: recordingLog() });
    try {
      await createUser(opened.core, { name: TEXT });
      const [row] = await runSql(stack, "SELECT HEX(name) AS bytes FROM users");
      expect(row?.bytes).to.equal(Buffer.from(TEXT).toString("hex").toUpperCase());
    } finally {
      await opened.close();
    }
  });
});

describe("migrations that are interrupted", () => {
  let stack: TestStack;
  beforeEach(async () => {
    stack = await newTestStack();
  });
  afterEach(() => dropTestStack(stack));

  /**
   * Each run ends one statement and dies at the next one: before it, or after it and before that is
   * recorded, in turn.
   */
  async function migrateAndDie(): Promise<number> {
    for (let runs = 0; ; runs += 1) {
      let events = 0;
      const onStatement = (): void => {
        events += 1;
        if (events === 3 + (runs % 2)) throw new Error("the process died");
      };
      try {
        await migrateDatabase(configOf(stack), { onStatement });
        return runs;
      } catch (error) {
        expect(String(error)).to.include("the process died");
      }
    }
  }

  it("wait for the transactions of a sale in short turns", async () => {
    await migrateDatabase(configOf(stack));
    await runSql(stack, "DELETE FROM migrations WHERE name = '0029-textsOfAllLanguages'");
    await runSql(stack, "ALTER TABLE users MODIFY name VARCHAR(100) CHARACTER SET latin1 NOT NULL");
    await runSql(stack, "START TRANSACTION");
    await runSql(stack, "SELECT COUNT(*) FROM users");
    const phases: string[] = [];
    let released: Promise<unknown> | undefined;
    await migrateDatabase(configOf(stack), {
      onStatement(_name, phase) {
        phases.push(phase);
        if (phase === "blocked") released ??= runSql(stack, "COMMIT");
      },
    });
    await released;
    expect(phases.slice(0, 3)).to.deep.equal(["begun", "blocked", "done"]);
  });

  it("go on where they died, at whichever statement", async function () {
    this.timeout(60_000);
    const statements = MIGRATIONS.flatMap((migration) => migration.statements);
    expect(await migrateAndDie()).to.be.within(statements.length / 2, statements.length);
    expect(await migrateDatabase(configOf(stack))).to.deep.equal([]);
    const [progress] = await runSql(stack, "SELECT COUNT(*) AS count FROM migration_progress");
    expect(progress).to.deep.equal({ count: 0 });
    const queues = await runSql(stack, "SELECT kind FROM id_blocks ORDER BY kind");
    expect(queues).to.deep.equal([{ kind: "payment" }, { kind: "reservation" }, { kind: "user" }]);
  });
});
