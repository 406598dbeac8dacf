import type { ServersConfig } from "@onsale/core";
import { expect } from "chai";
import mysql from "mysql2/promise";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { newServersFixture, type TestFixture } from "../support/testFixture.ts";

/** Always on real servers: an embedded process makes its schema itself. */
describe("a process that starts before the migrations", () => {
  let fixture: TestFixture & { readonly config: ServersConfig };
  let server: RunningServer | undefined;

  before("creates a database", async () => {
    fixture = await newServersFixture();
  });
  after(async () => {
    await server?.close();
    await fixture.drop();
  });

  async function run(statement: string): Promise<void> {
    const connection = await mysql.createConnection(fixture.config.mysql.url);
    await connection.query(statement).finally(() => connection.destroy());
  }
  const readinessOf = async ({ url }: RunningServer) => {
    const { status, data } = await callApi(url, "GET", "/health/ready");
    return { httpStatus: status, ...Object(data) };
  };

  it("is unready and refuses requests, then serves and works after the migrations", async () => {
    await run("RENAME TABLE migrations TO migrations_of_later");
    server = await startServer(fixture.config, { role: "all" });
    const started = server;
    expect(await readinessOf(started)).to.include({
      httpStatus: 503,
      status: "unready",
      reason: "MIGRATIONS_PENDING",
    });
    const refused = await callApi(started.url, "GET", "/api/v1/concerts");
    expect([refused.status, refused.code]).to.deep.equal([503, "DEPENDENCY_UNAVAILABLE"]);
    expect(await started.core.workers.list(), "no worker runs").to.deep.equal([]);
    await run("RENAME TABLE migrations_of_later TO migrations");
    await eventually("the process is ready", async () =>
      (await readinessOf(started)).status === "ready" ? true : undefined,
    );
    expect((await callApi(started.url, "GET", "/api/v1/concerts")).status).to.equal(200);
    await eventually("a worker runs", async () =>
      (await started.core.workers.list()).length > 0 ? true : undefined,
    );
  });

  it("stays ready when a newer program migrates, as in a rolling upgrade", async () => {
    await run("INSERT INTO migrations (name) VALUES ('9999-later')");
    const next = await startServer(fixture.config, { role: "api" });
    try {
      expect(await readinessOf(next)).to.include({ status: "ready", schema: "ahead" });
      expect((await callApi(next.url, "GET", "/api/v1/concerts")).status).to.equal(200);
    } finally {
      await next.close();
      await run("DELETE FROM migrations WHERE name = '9999-later'");
    }
  });
});
