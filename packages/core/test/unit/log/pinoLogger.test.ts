import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect } from "chai";

const LOGGER = new URL("../../../src/adapters/log/pinoLogger.ts", import.meta.url).href;
/** Logs more than one line, so that some lines still wait when the process ends. */
const SCRIPT = `
import { createLogger } from ${JSON.stringify(LOGGER)};
const log = createLogger("info");
for (let line = 1; line <= 3; line += 1) log.info({ event: "test.line", line }, "A line");
process.exit(7);
`;

describe("the logger, when the process ends", () => {
  const run = (stderr: number | "pipe") =>
    spawnSync(process.execPath, ["--input-type=module", "-e", SCRIPT], {
      stdio: ["ignore", "ignore", stderr],
      encoding: "utf8",
      timeout: 15_000,
      killSignal: "SIGKILL",
    });

  it("writes the lines that wait", () => {
    const { status, stderr } = run("pipe");
    expect(status).to.equal(7);
    const lines = stderr.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).line)).to.have.members([1, 2, 3]);
  });

  it("does not wait for a full device", () => {
    const full = openSync("/dev/full", "w");
    const { status, signal } = run(full);
    closeSync(full);
    expect({ status, signal }).to.deep.equal({ status: 7, signal: null });
  });
});

describe("the logger, for fields that can hold a secret", () => {
  it("redacts them, also one level down, and leaves the others as they are", () => {
    const script = `
      import { createLogger } from ${JSON.stringify(LOGGER)};
      const log = createLogger("info");
      log.info({ event: "test.plain", path: "/seats", code: undefined, reason: null }, "Plain");
      log.warn({ event: "test.top", token: "s3cret" }, "At the top");
      log.error({ event: "test.nested", query: { password: "s3cret", place: 5 } }, "Nested");
    `;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    const fields = stderr
      .trim()
      .split("\n")
      .map((line) => {
        const { level, time: _time, pid: _pid, event, msg, ...rest } = JSON.parse(line);
        return [level, event, msg, rest];
      });
    expect(fields).to.deep.equal([
      ["info", "test.plain", "Plain", { path: "/seats", reason: null }],
      ["warn", "test.top", "At the top", { token: "[Redacted]" }],
      ["error", "test.nested", "Nested", { query: { password: "[Redacted]", place: 5 } }],
    ]);
  });
});

describe("the logger, while the process goes on", () => {
  it("writes the gathered lines in their order, and before a warning", async () => {
    const script = `
      import { createLogger } from ${JSON.stringify(LOGGER)};
      const log = createLogger("info");
      log.info({ event: "test.first" }, "Gathered");
      log.info({ event: "test.second" }, "Gathered");
      log.warn({ event: "test.warning" }, "Written immediately");
      log.info({ event: "test.last" }, "Gathered");
      setInterval(() => {}, 1_000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      const events: unknown[] = [];
      for await (const line of createInterface(child.stderr)) {
        events.push(JSON.parse(line).event);
        if (events.length === 4) break;
      }
      expect(events).to.deep.equal(["test.first", "test.second", "test.warning", "test.last"]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
