import { pathToFileURL } from "node:url";
import {
  checkInvariants,
  OPERATIONS,
  type OpenedCore,
  openCore,
  readServersConfig,
} from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";
import { killedCommands } from "./killedCommands.ts";
import type { KilledCommand } from "./killedMoneyCommands.ts";

const PRELOAD = pathToFileURL(new URL("../support/killAtPoint.ts", import.meta.url).pathname).href;
/** Operations that runbooks run; `onsale runbook explore` kills these at every point. */
const OF_RUNBOOKS: ReadonlySet<string> = new Set([...["runbook.run", "runbook.rollBack"]]);
/** Maximum number of points of a job; no job of the cases has so many. */
const POINTS_MAX = 20;

/*
 * Each command that changes something runs as a real process. SIGKILL ends the process at the first
 * point of its job. Then the same job is continued by the next process, which is killed at the next
 * point, and so on, until a process ends by itself.
 */
describe("a command that is killed at every step, and continued with the same job", function () {
  this.timeout(300_000);
  let stack: TestStack;
  let opened: OpenedCore;
  const covered = new Set<string>();

  before(async () => {
    stack = await newTestStack({ migrated: true });
    const config = readServersConfig({ ...stack.env, LOG_LEVEL: "silent" });
    opened = await openCore(config, { role: "all" });
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  async function plan(words: readonly string[]) {
    const { code, stdout, stderr } = await runInProcess([...words, "--json"], stack.env);
    expect(code, `${stdout}${stderr}`).to.equal(0);
    return JSON.parse(stdout).data;
  }

  /** Lets the leases of the dead run expire immediately; a real operator waits ten seconds. */
  const passLease = () =>
    stack.sql("UPDATE leases SET expires_at = '2020-01-01' WHERE name LIKE 'operation:%'");

  for (const command of killedCommands) {
    it(`${command.name} ends as planned`, async () => {
      const {
        words,
        expectDone,
        isAged = false,
      } = await command.prepare({ core: opened.core, stack });
      const planned = await plan(words);
      covered.add(planned.operation);
      const confirmed =
        planned.confirmation === undefined ? [] : [`--confirm=${planned.confirmation}`];
      const again = [
        ...[...words, "--execute", "--job", planned.jobId, "--reason", "a test", "--json"],
        ...confirmed,
      ];
      const kills = await killUntilDone(command, again, planned);
      expect(kills.map((point) => point.split("-")[0])).to.include.members([
        ...["begun", "saved", "verified", "closed"],
      ]);
      await expectDone();
      const { results } = await checkInvariants(opened.core);
      const broken = results.filter(({ id, holds }) => !holds && !(isAged && id === "I5"));
      expect(broken).to.deep.equal([]);
    });
  }

  async function killUntilDone(
    { name, isCountExact = true }: KilledCommand,
    words: readonly string[],
    planned: { readonly plan: { readonly count: number }; readonly jobId: string },
  ): Promise<readonly string[]> {
    const kills: string[] = [];
    while (kills.length <= POINTS_MAX) {
      const { code, stdout, stderr } = await runOnsale(words, {
        ...stack.env,
        NODE_OPTIONS: `--import ${PRELOAD}`,
        KILLED_BEFORE: kills.join(),
      });
      if (code !== null) {
        expect(code, `${name}: ${stdout}${stderr}`).to.equal(0);
        const { status, changed } = JSON.parse(stdout).data;
        expect(status).to.equal("DONE");
        // A step outside the database may find that its effect is there already, and the cleanup
        // also counts the records of publications.
        if (isCountExact) expect(changed).to.equal(planned.plan.count);
        const open = await opened.core.operations.listJobs(null, { status: "RUNNING", max: 10 });
        expect(open).to.deep.equal([]);
        return kills;
      }
      kills.push(/killed at (.*)/.exec(stderr)?.[1] ?? `an unknown point: ${stderr}`);
      await passLease();
    }
    throw new Error(`${name} does not end: ${kills.join("\n")}`);
  }

  it("covers every operation that a command runs", () => {
    const names = OPERATIONS.map(({ name }) => name).filter((name) => !OF_RUNBOOKS.has(name));
    expect([...covered].toSorted()).to.deep.equal(names.toSorted());
  });
});
