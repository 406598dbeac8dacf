import { expect } from "chai";
import { DevstackError } from "../../src/devstackError.ts";
import { engineAnswers } from "../../src/enginePing.ts";
import { stackDown, stackUp, TEST_STACK_PREFIX } from "../../src/index.ts";
import { loadState, stackDirOf } from "../../src/stackState.ts";

const options = {
  name: `${TEST_STACK_PREFIX}no-engine-${process.pid}`,
  // An address with SSH is not asked before; testcontainers itself finds no engine.
  env: { DEVSTACK_SOURCE: "docker", DOCKER_HOST: "ssh://user@127.0.0.1" },
};

/** Skipped where an engine answers, because testcontainers would use it. */
describe("a stack whose container engine cannot be opened", function () {
  this.timeout(40_000);
  let failure: unknown;

  before("tries to start it", async function () {
    if (process.env.DOCKER_HOST || (await engineAnswers({}))) this.skip();
    failure = await stackUp(options).catch((error: unknown) => error);
  });

  after("removes it", () => stackDown({ ...options, wipe: true }));

  it("says once what to do, for all servers together", () => {
    expect(failure).to.be.instanceOf(DevstackError);
    expect(String(failure).match(/set DEVSTACK_SOURCE=private/g)).to.have.length(1);
  });

  it("has no container that a later command would look for", async () => {
    expect(loadState(stackDirOf(options))?.servers ?? {}).to.deep.equal({});
    await stackDown(options);
  });
});
