import { readFileSync } from "node:fs";
import type { Result } from "ioredis";
import type { RedisClient } from "./redisClient.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    onsaleQueueJoin(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueuePlace(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueuePositions(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueuePromote(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueSettle(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueLeave(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueRebuild(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueConfigure(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueKeepEpoch(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueStats(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueList(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueDiscardWaiting(...args: (string | number)[]): Result<unknown, Context>;
    onsaleQueueDiscardState(...args: (string | number)[]): Result<unknown, Context>;
  }
}

/** The functions that a script calls. Lua in Redis cannot load another file. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "join-9.lua": ["lineFigures-0.lua", "keepMissed-0.lua", "noteStay-0.lua"],
  "place-9.lua": ["lineFigures-0.lua", "keepMissed-0.lua", "noteStay-0.lua"],
  "stats-4.lua": ["lineFigures-0.lua"],
  "promote-10.lua": ["keepMissed-0.lua", "noteStay-0.lua", "serverRunId-0.lua"],
  "rebuild-10.lua": ["serverRunId-0.lua"],
  "leave-8.lua": ["noteStay-0.lua"],
};

/** The number in a file name is the number of keys of the script. */
const SCRIPTS = {
  onsaleQueueJoin: "join-9.lua",
  onsaleQueuePlace: "place-9.lua",
  onsaleQueuePositions: "positions-2.lua",
  onsaleQueuePromote: "promote-10.lua",
  onsaleQueueSettle: "settle-2.lua",
  onsaleQueueLeave: "leave-8.lua",
  onsaleQueueRebuild: "rebuild-10.lua",
  onsaleQueueConfigure: "configure-1.lua",
  onsaleQueueKeepEpoch: "keepEpoch-1.lua",
  onsaleQueueStats: "stats-4.lua",
  onsaleQueueList: "list-5.lua",
  onsaleQueueDiscardWaiting: "discardWaiting-4.lua",
  onsaleQueueDiscardState: "discardState-10.lua",
} as const;

/**
 * Defines the scripts as commands of the client. The client sends the text of a script once, and
 * afterwards only its digest.
 */
export function defineQueueScripts(client: RedisClient): void {
  for (const [name, file] of Object.entries(SCRIPTS)) {
    const lua = [...(FUNCTIONS[file] ?? []), file].map(luaOf).join("");
    const numberOfKeys = Number(/-(\d+)\.lua$/.exec(file)?.[1]);
    client.defineCommand(name, { lua, numberOfKeys });
  }
}

function luaOf(file: string): string {
  return readFileSync(new URL(`./lua/${file}`, import.meta.url), "utf8");
}
