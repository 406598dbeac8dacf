import { readdir, readFile } from "node:fs/promises";
import type { FolderOwnership } from "@onsale/simulator/services";

/** The sources of core in this checkout. */
const CORE = new URL("../../../../core/src/", import.meta.url);

/**
 * The folders of core that are no domain: adapters and definitions, and the folders that read or
 * repair the data of all domains.
 */
const OTHER_FOLDERS: ReadonlySet<string> = new Set([
  ...["adapters", "api", "compose", "config", "events", "ports", "shared", "worker"],
  ...["diagnosis", "invariants", "operations", "runbook"],
]);

/** A call of a store: `core.seats.confirm(` or `seats.confirm(`. */
const STORE_CALL = /\b(\w+)\s*\.(\w+)\(/g;
const INSERTS = /(?:INSERT (?:IGNORE )?INTO|DELETE FROM)\s+([a-z_]+)/g;
/** An UPDATE with its tables and its new values. */
const UPDATE = /^\s*UPDATE\s+([\s\S]*?)\bSET\b([\s\S]*?)(?:\bWHERE\b|$)/;
const TABLE_OF_UPDATE = /(?:^|JOIN)\s*([a-z_]+)(?:\s+([a-z]+)\b)?/g;
const READS = /(?:FROM|JOIN)\s+([a-z_]+)/g;

/**
 * Reads from the sources which tables each folder of core reads and writes, and the topics of the
 * events that it writes. A folder uses a table when one of its files calls a method of a store
 * whose statements name the table.
 */
export async function readOwnership(): Promise<readonly FolderOwnership[]> {
  const { STATEMENTS } = await import("@onsale/core/statements");
  const { eventSchema } = await import("@onsale/core");
  const tables = new Set(STATEMENTS.flatMap(({ text }) => matches(text, /INTO\s+([a-z_]+)/g)));
  const topicOf = new Map<string, string>(
    eventSchema.options.map(({ shape }) => [shape.type.value, shape.aggregateType.value]),
  );
  const entries = await readdir(CORE, { withFileTypes: true });
  const folders = entries.filter((one) => one.isDirectory()).map(({ name }) => name);
  const domains = folders.filter((name) => !OTHER_FOLDERS.has(name)).sort();
  return Promise.all(
    domains.map(async (folder) => {
      const source = await sourceOf(folder);
      const calls = new Set(
        [...source.matchAll(STORE_CALL)].map(([, port, name]) => `${port}.${name}`),
      );
      const texts = STATEMENTS.filter(({ name }) => calls.has(name.split(":")[0] ?? "")).map(
        ({ text }) => text,
      );
      const named = (tablesIn: (text: string) => readonly string[]): string[] =>
        sorted(texts.flatMap(tablesIn).filter((one) => tables.has(one)));
      const events = [...topicOf].filter(([type]) => source.includes(`"${type}"`));
      return {
        folder,
        writes: named(writtenTables),
        reads: named((text) => matches(text, READS)),
        topics: sorted(events.map(([, topic]) => topic)),
      };
    }),
  );
}

/** Returns the tables that a statement writes. Of a joined UPDATE, only those that it sets. */
function writtenTables(text: string): readonly string[] {
  const [, head = "", values = ""] = UPDATE.exec(text) ?? [];
  const updated = [...head.matchAll(TABLE_OF_UPDATE)].flatMap(([, table = "", alias = ""], at) => {
    const isSet = values.includes(`${alias}.`) && alias !== "";
    return isSet || (at === 0 && !/\b[a-z]+\.[a-z_]+ =/.test(values)) ? [table] : [];
  });
  return [...updated, ...matches(text, INSERTS)];
}

async function sourceOf(folder: string): Promise<string> {
  const entries = await readdir(new URL(`${folder}/`, CORE), { recursive: true });
  const files = entries.filter((name) => name.endsWith(".ts")).sort();
  const texts = files.map((name) => readFile(new URL(`${folder}/${name}`, CORE), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
