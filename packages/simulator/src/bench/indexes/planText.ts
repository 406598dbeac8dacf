/** The plan of a run, and the rows of tables and indexes that it read. */
export interface ReadPlan {
  readonly text: string;
  readonly rowsExamined: number;
}

/** A node of MySQL's tree that reads a table or an index; temporary tables have `<` in the name. */
const READS =
  /-> (?:Table scan|(?:Covering |Single-row (?:covering )?)?[Ii]ndex \w+(?: scan)?) on (?!<)/;
const COUNTS = /\(actual time=\S+ rows=(\S+) loops=(\S+)\)/;

/** Reads the tree of EXPLAIN ANALYZE of MySQL. Estimates are dropped. */
export function planOfTree(tree: string): ReadPlan {
  const lines = tree.trimEnd().split("\n");
  const rowsExamined = lines
    .filter((line) => READS.test(line))
    .map((line) => COUNTS.exec(line))
    .reduce((sum, counts) => sum + Number(counts?.[1] ?? 0) * Number(counts?.[2] ?? 0), 0);
  const text = lines.map((line) => line.replace(/ {2}\(cost=[^)]*\)/, "")).join("\n");
  return { text, rowsExamined: Math.round(rowsExamined) };
}

/** Reads ANALYZE FORMAT=JSON of MariaDB: one line for each table, sort and temporary table. */
export function planOfJson(json: string): ReadPlan {
  const lines: string[] = [];
  const rowsExamined = walk(JSON.parse(json), 0, lines);
  return { text: lines.join("\n"), rowsExamined: Math.round(rowsExamined) };
}

const STEPS: Readonly<Record<string, string>> = {
  filesort: "sort",
  temporary_table: "temporary table",
  materialized: "materialize",
  subqueries: "subqueries",
};

function walk(node: unknown, depth: number, lines: string[]): number {
  if (Array.isArray(node)) return node.reduce((sum, one) => sum + walk(one, depth, lines), 0);
  if (typeof node !== "object" || node === null) return 0;
  let rows = 0;
  let inner = depth;
  const facts = new Map<string, unknown>(Object.entries(node));
  const table = facts.get("table_name");
  if (typeof table === "string") {
    const loops = Number(facts.get("r_loops") ?? 0);
    const each = Number(facts.get("r_rows") ?? 0);
    if (!table.startsWith("<")) rows += loops * each;
    const key = facts.get("key") ?? "no index";
    const isCovering = facts.get("using_index") === true ? ", index only" : "";
    const reads = `${facts.get("access_type")} on ${table}, ${key}${isCovering}`;
    lines.push(`${"    ".repeat(depth)}-> ${reads} (rows=${each} loops=${loops})`);
    inner += 1;
  }
  for (const [name, part] of facts) {
    const step = STEPS[name];
    if (step !== undefined) lines.push(`${"    ".repeat(inner)}-> ${step}`);
    rows += walk(part, step === undefined ? inner : inner + 1, lines);
  }
  return rows;
}
