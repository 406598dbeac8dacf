import { expect } from "chai";
import { DevstackError } from "../../src/devstackError.ts";
import { checkRunningFlavour, requestedMysqlFlavour } from "../../src/mysqlFlavour.ts";
import type { OpenStack } from "../../src/openStack.ts";
import type { MysqlFlavour } from "../../src/types.ts";

describe("requestedMysqlFlavour", () => {
  it("prefers the option to DEVSTACK_MYSQL, and uses the variable without an option", () => {
    expect(requestedMysqlFlavour({ mysql: "9", env: { DEVSTACK_MYSQL: "8" } })).to.equal("9");
    expect(requestedMysqlFlavour({ env: { DEVSTACK_MYSQL: " 9 " } })).to.equal("9");
  });

  it("counts an empty variable as absent", () => {
    expect(requestedMysqlFlavour({ env: {} })).to.equal(undefined);
    expect(requestedMysqlFlavour({ env: { DEVSTACK_MYSQL: "" } })).to.equal(undefined);
  });

  it("rejects an unknown version and names the supported ones", () => {
    expect(() => requestedMysqlFlavour({ env: { DEVSTACK_MYSQL: "5" } })).to.throw(
      DevstackError,
      'no MySQL "5"; ask for 9 or mariadb',
    );
  });
});

describe("checkRunningFlavour", () => {
  const running = (mysqlFlavour?: MysqlFlavour): OpenStack => ({
    stackDir: "/s/dev",
    servers: ["mysql"],
    env: {},
    secure: undefined,
    onProgress: () => undefined,
    save: () => undefined,
    state: {
      version: 1,
      mysqlFlavour,
      ports: { mysql: 21_000, redis: 21_001, kafka: 21_002, kafkaController: 21_003 },
      servers: { mysql: { source: "private", flavour: "MariaDB 10.11.19", url: "mysql://x" } },
    },
  });

  it("accepts any running server when no MySQL version is requested", () => {
    expect(() => checkRunningFlavour(running(), undefined)).not.to.throw();
    expect(() => checkRunningFlavour(running("9"), undefined)).not.to.throw();
  });

  it("accepts a running server of the requested version", () => {
    expect(() => checkRunningFlavour(running("9"), "9")).not.to.throw();
  });

  it("rejects a running server of another version, with the next step", () => {
    expect(() => checkRunningFlavour(running(), "9")).to.throw(
      DevstackError,
      /already runs MariaDB 10\.11\.19, not MySQL 9; run `onsale stack down` first/,
    );
  });
});
