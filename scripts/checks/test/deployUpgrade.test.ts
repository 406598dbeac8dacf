import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

/** When the proxy of the tests started. */
const STARTED = "2026-01-02T03:04:05.678901234Z";
const SCRIPT = join(import.meta.dirname, "../../../deploy/upgrade");

/**
 * Takes the place of docker: writes its arguments to a file, has two processes of the API, a proxy
 * and none of the queue, and fails for the arguments that FAILS names.
 */
const DOCKER = `#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  *"$FAILS"*) exit 3 ;;
  "compose ps -q api") printf 'old1\\nold2\\n' ;;
  "compose ps -q --all api") printf 'old1\\nold2\\n%s' "$MADE" ;;
  "compose ps -q proxy") echo proxy1 ;;
  "inspect "*) echo ${STARTED} ;;
  "compose config --services") printf 'api\\nworker\\n' ;;
esac
`;

describe("deploy/upgrade", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onsale-upgrade-"));
    mkdirSync(join(folder, "deploy", "proxy"), { recursive: true });
    changeProxyFile(-1);
    copyFileSync(SCRIPT, join(folder, "deploy", "upgrade"));
    writeFileSync(join(folder, "docker"), DOCKER, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function changeProxyFile(secondsAfterStart: number): void {
    const path = join(folder, "deploy", "proxy", "Caddyfile");
    const changed = Date.parse(STARTED) / 1_000 + secondsAfterStart;
    writeFileSync(path, ":8080");
    utimesSync(path, changed, changed);
  }
  const run = (fails = "nothing fails", made = "new1\nnew2\n") => {
    const calls = join(folder, "calls");
    const env = { PATH: `${folder}:${process.env.PATH}`, CALLS: calls, FAILS: fails, MADE: made };
    const ended = spawnSync(join(folder, "deploy", "upgrade"), { env, encoding: "utf8" });
    return { ...ended, calls: readFileSync(calls, "utf8").trimEnd().split("\n") };
  };
  const START = "compose up -d --no-recreate --wait --scale api=4 api";

  it("migrates, starts new processes, and then stops the old ones", () => {
    const { status, calls } = run();
    expect(status).to.equal(0);
    expect(calls).to.deep.equal([
      "compose run --rm --no-deps migrate",
      "compose up -d migrate",
      "compose ps -q api",
      START,
      "stop old1 old2",
      "rm old1 old2",
      "compose config --services",
      "compose ps -q proxy",
      "inspect -f {{.State.StartedAt}} proxy1",
      "compose up -d --wait",
    ]);
  });

  it("restarts the proxy last, when its file has changed since it started", () => {
    changeProxyFile(1);
    const { status, calls } = run();
    expect(status).to.equal(0);
    expect(calls.slice(-2)).to.deep.equal(["compose restart proxy", "compose up -d --wait"]);
  });

  it("changes nothing when the migration fails", () => {
    const { status, calls } = run("run --rm --no-deps migrate");
    expect(status).to.equal(3);
    expect(calls).to.have.length(1);
  });

  it("removes the new processes when they do not get ready, and keeps the old ones", () => {
    const { status, calls, stderr } = run(START);
    expect(status).to.equal(1);
    expect(calls.at(-1)).to.equal("rm -f new1 new2");
    expect(calls).not.to.include("stop old1 old2");
    expect(stderr).to.include("the old ones serve");
  });

  it("says so too when no new process was made, for example without the image", () => {
    const { status, calls, stderr } = run(START, "");
    expect(status).to.equal(1);
    expect(calls.at(-1)).to.equal("compose ps -q --all api");
    expect(stderr).to.include("the old ones serve");
  });
});
