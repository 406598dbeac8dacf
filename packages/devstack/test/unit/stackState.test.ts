import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  loadState,
  parseState,
  type StackState,
  saveState,
  stackDirOf,
} from "../../src/stackState.ts";

const state: StackState = {
  version: 1,
  ports: { mysql: 21_000, redis: 21_001, kafka: 21_002, kafkaController: 21_003 },
  servers: {
    redis: {
      source: "private",
      flavour: "Redis 7.0.15",
      url: "redis://127.0.0.1:21001/0",
      pid: 123,
      identity: "boot:456",
    },
  },
};

describe("stackState", () => {
  let stackDir: string;
  beforeEach(() => {
    stackDir = mkdtempSync(join(tmpdir(), "onsale-state-"));
  });
  afterEach(() => rmSync(stackDir, { recursive: true }));

  it("reads back what it wrote and leaves no other file", () => {
    saveState(stackDir, state);
    expect(loadState(stackDir)).to.deep.equal(state);
    expect(readdirSync(stackDir)).to.deep.equal(["state.json"]);
  });

  it("returns no state when the file is missing", () => {
    expect(loadState(stackDir)).to.equal(undefined);
  });

  it("returns no state when the file is damaged", () => {
    writeFileSync(join(stackDir, "state.json"), '{"version":1,"por');
    expect(loadState(stackDir)).to.equal(undefined);
  });

  it("returns no state when the file has another version", () => {
    expect(parseState(JSON.stringify({ ...state, version: 2 }))).to.equal(undefined);
  });

  it("uses the folder of the named stack, else of DEVSTACK_NAME, else dev", () => {
    const env = { DEVSTACK_NAME: "tests" };
    expect(stackDirOf({ rootDir: "/s", name: "mine", env })).to.equal("/s/mine");
    expect(stackDirOf({ rootDir: "/s", env })).to.equal("/s/tests");
    expect(stackDirOf({ rootDir: "/s", env: {} })).to.equal("/s/dev");
  });

  it("rejects a negative pid, which would signal a whole process group", () => {
    const hostile = { ...state, servers: { redis: { ...state.servers.redis, pid: -1 } } };
    expect(parseState(JSON.stringify(hostile))).to.equal(undefined);
  });
});
