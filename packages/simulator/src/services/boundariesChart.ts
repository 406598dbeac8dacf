import { LOCK_CHART_STYLE } from "../locks/lockChartStyle.ts";
import { type Markup, markup, trusted } from "../report/markup.ts";
import {
  BOUNDARIES,
  type Boundary,
  boundaryOf,
  crossingWrites,
  SHARED_FOLDERS,
  TABLE_OWNERS,
} from "./boundaries.ts";
import type { FolderOwnership } from "./servicesReport.ts";

const WIDTH = 960;
const COLUMN = 288;
const GAP = 24;
const LEFT = 24;
const TOP = 84;
const LINE = 20;
const HEAD = 34;
const PAD = 14;
/** Room for the writes that cross a boundary. */
const CROSSING = 96;

/** Draws who owns which table and topic, and the writes that cross a boundary. */
export function boundariesChart(ownership: readonly FolderOwnership[]): string {
  const columns = BOUNDARIES.map((boundary) => linesOf(boundary, ownership));
  const lines = Math.max(...columns.map(({ length }) => length));
  const boxHeight = HEAD + lines * LINE + PAD;
  const crossingTop = TOP + boxHeight;
  const sharedTop = crossingTop + CROSSING;
  const height = sharedTop + HEAD + LINE * SHARED_FOLDERS.length + PAD + 24;
  const title = "Who owns which table and topic";
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">The tables and topics of each possible service, and the writes between them</desc>
<style>${trusted(LOCK_CHART_STYLE)}${trusted(BOX_STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="36">${title}</text>
<text class="sub" x="24" y="58">Folder of core: the tables that its stores write, and its topics.
 Red: a write into another service's table</text>
${BOUNDARIES.map(({ name }, at) => box(name, columns[at] ?? [], { at, boxHeight }))}
${crossings(ownership, crossingTop)}
${sharedBox(ownership, sharedTop)}
</svg>
`.html;
}

const BOX_STYLE = `
.box{fill:#f4f3fb;stroke:#8d86c9}
.cross{stroke:#c9372c;stroke-width:2.5;fill:none}
.tip{fill:#c9372c}
@media (prefers-color-scheme:dark){
.box{fill:#262538;stroke:#6f67b8}
.cross{stroke:#f2665c}
.tip{fill:#f2665c}
}
`;

interface Line {
  readonly text: string;
  readonly isFolder: boolean;
}

function linesOf({ folders }: Boundary, ownership: readonly FolderOwnership[]): readonly Line[] {
  return folders.flatMap((folder) => {
    const own = ownership.find((one) => one.folder === folder);
    const tables = tablesOf(folder).map((text) => ({ text, isFolder: false }));
    const topics = (own?.topics ?? []).filter((topic) => ownerOfTopic(topic) === folder);
    return [
      { text: `${folder}/`, isFolder: true },
      ...tables,
      ...topics.map((topic) => ({ text: `topic onsale.${topic}`, isFolder: false })),
    ];
  });
}

const tablesOf = (folder: string): readonly string[] =>
  [...TABLE_OWNERS].filter(([, owner]) => owner === folder).map(([table]) => table);

/** The aggregate of a topic belongs to the folder of the same name; accounts belong to `point`. */
const ownerOfTopic = (topic: string): string => (topic === "point-account" ? "point" : topic);

const xOf = (at: number): number => LEFT + at * (COLUMN + GAP);

function box(
  name: string,
  lines: readonly Line[],
  { at, boxHeight }: { readonly at: number; readonly boxHeight: number },
): Markup {
  const x = xOf(at);
  return markup`<rect class="box" x="${x}" y="${TOP}" width="${COLUMN}" height="${boxHeight}"
 rx="10"/>
<text class="name" x="${x + PAD}" y="${TOP + 23}" font-weight="600">${name}</text>
${lines.map(({ text, isFolder }, line) => {
  const y = TOP + HEAD + (line + 1) * LINE - 6;
  return markup`<text class="${isFolder ? "sub" : "note"}" x="${x + (isFolder ? PAD : PAD * 2)}"
 y="${y}">${text}</text>`;
})}`;
}

const columnOf = (folder: string | undefined): number =>
  BOUNDARIES.findIndex(({ name }) => name === boundaryOf(folder)?.name);

function crossings(ownership: readonly FolderOwnership[], top: number): readonly Markup[] {
  const groups = Map.groupBy(
    crossingWrites(ownership),
    ({ folder, owner }) => `${folder} ${owner}`,
  );
  return [...groups.values()].map((writes, index) => {
    const [first] = writes;
    const [from, to] = [first?.folder, first?.owner].map(columnOf);
    // An arrow ends beside the middle of a box, on the side from which it comes.
    const side = Math.sign((from ?? 0) - (to ?? 0)) * (COLUMN / 4);
    const [x1, x2] = [xOf(from ?? 0) + COLUMN / 2 - side, xOf(to ?? 0) + COLUMN / 2 + side];
    const y = top + 22 + index * 34;
    const tables = writes.map(({ table }) => table).join(", ");
    return markup`<path class="cross" d="M${x1} ${top}V${y}H${x2}V${top + 8}"/>
<path class="tip" d="M${x2} ${top + 1}l-6 11h12z"/>
<text class="bad" x="${(x1 + x2) / 2}" y="${y + 18}" font-size="13"
 text-anchor="middle">${first?.folder}/ writes
 ${tables}</text>`;
  });
}

function sharedBox(ownership: readonly FolderOwnership[], top: number): Markup {
  const known = new Set(ownership.map(({ folder }) => folder));
  const lines = SHARED_FOLDERS.filter((folder) => known.has(folder));
  const width = WIDTH - 2 * LEFT;
  return markup`<rect class="box" x="${LEFT}" y="${top}" width="${width}"
 height="${HEAD + lines.length * LINE + PAD}" rx="10"/>
<text class="name" x="${LEFT + PAD}" y="${top + 23}" font-weight="600">A copy in each service,
 or only a reader of events</text>
${lines.map((folder, at) => {
  const y = top + HEAD + (at + 1) * LINE - 6;
  return markup`<text class="note" x="${LEFT + PAD}" y="${y}">${folder}/ ·
 ${tablesOf(folder).join(", ")}</text>`;
})}`;
}
