import { type KillPoint, outboxReportSchema, type PublishVariant } from "@onsale/simulator/study";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale study outbox", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("shows what each way loses, repeats and invents when its process is killed", async () => {
    const words = ["study", "outbox", "--quick", "--json"];
    const { code, stdout, stderr } = await runOnsale(words, stack.env);
    expect(code, `${stderr}${stdout}`).to.equal(0);
    const { cells, disordered } = outboxReportSchema.parse(JSON.parse(stdout).data);
    const at = (variant: PublishVariant, point: KillPoint) =>
      cells.find((cell) => cell.variant === variant && cell.point === point);
    const right = { committed: 1, lost: 0, duplicated: 0, phantom: 0 };
    const rolledBack = { ...right, committed: 0 };
    expect(at("before-commit", "rollback")).to.include({ ...rolledBack, phantom: 1 });
    expect(at("before-commit", "before-commit")).to.include({ ...rolledBack, phantom: 1 });
    expect(at("after-commit", "after-commit")).to.include({ ...right, lost: 1 });
    expect(at("after-commit", "rollback")).to.include(rolledBack);
    expect(at("outbox", "rollback")).to.include(rolledBack);
    expect(at("outbox", "before-commit")).to.include(rolledBack);
    expect(at("outbox", "after-commit")).to.include(right);
    expect(at("outbox", "after-publish")).to.include({ ...right, duplicated: 1 });
    expect(disordered).to.equal(0);
  }).timeout(200_000);

  it("is refused when a server does not answer, before it makes a database", async () => {
    const own = async () => stack.query("SHOW DATABASES LIKE 'onsale\\_rush\\_%'");
    const before = await own();
    const env = { ...stack.env, KAFKA_BROKERS: "127.0.0.1:1" };
    const { code, stdout } = await runOnsale(["study", "outbox", "--quick", "--json"], env);
    expect(code, stdout).to.equal(3);
    const { error } = JSON.parse(stdout);
    expect(error.code).to.equal("DEPENDENCY_UNAVAILABLE");
    expect(error.message).to.equal("The measurement cannot reach kafka");
    expect(await own()).to.have.length(before.length);
  }).timeout(30_000);
});
