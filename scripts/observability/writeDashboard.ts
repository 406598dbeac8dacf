import { writeFile } from "node:fs/promises";
import { DASHBOARD_ROWS, type Panel } from "./dashboardPanels.ts";

/** The file that Grafana reads. */
export const DASHBOARD_FILE = new URL("../../deploy/grafana/onsale.json", import.meta.url);

/** Grafana's grid has 24 columns: four panels in a row. */
const PANEL_WIDTH = 6;
const PANEL_HEIGHT = 8;
const SCHEMA_VERSION = 39;
/** The variable with the data source, so that the dashboard runs in any Grafana. */
const DATA_SOURCE = { type: "prometheus", uid: "$datasource" };

/** Makes the dashboard as JSON. */
export function dashboardJson(): string {
  let y = 0;
  let id = 0;
  const panels = DASHBOARD_ROWS.flatMap(({ title, panels: ofRow }) => {
    id += 1;
    const head = { id, type: "row", title, gridPos: { x: 0, y, w: 24, h: 1 }, collapsed: false };
    y += 1;
    const graphs = ofRow.map((panel, index) => {
      id += 1;
      return graph(panel, id, { x: index * PANEL_WIDTH, y, w: PANEL_WIDTH, h: PANEL_HEIGHT });
    });
    y += PANEL_HEIGHT;
    return [head, ...graphs];
  });
  const dashboard = {
    uid: "onsale",
    title: "Onsale",
    tags: ["onsale"],
    schemaVersion: SCHEMA_VERSION,
    timezone: "browser",
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function graph({ title, unit, queries }: Panel, id: number, gridPos: object): object {
  return {
    ...{ id, type: "timeseries", title, gridPos, datasource: DATA_SOURCE },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: "list", placement: "bottom" } },
    targets: queries.map(([expr, legendFormat], index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource: DATA_SOURCE, expr, legendFormat },
    })),
  };
}

/** Writes the dashboard: `pnpm docs:dashboard`. */
if (import.meta.main) {
  await writeFile(DASHBOARD_FILE, dashboardJson());
  process.stdout.write(`${DASHBOARD_FILE.pathname}\n`);
}
