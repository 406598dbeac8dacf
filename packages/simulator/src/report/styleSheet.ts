import { trusted } from "./markup.ts";

/** The look of the report: nothing is fetched, light and dark follow the reader's system. */
export const styleSheet = trusted(/* css */ `
:root { color-scheme: light dark;
  --ground: #f4f4f7; --card: #ffffff; --ink: #1d1d27; --soft: #5d5f6f; --rule: #e3e3ea;
  --arrived: #8a8fa8; --admitted: #2b8a9e; --sold: #5b45c4; --refused: #e58a4e; --waiting: #c9cbd8;
  --good: #16794a; --good-ground: #e3f4ea; --bad: #b3261e; --bad-ground: #fce8e6; --machine: #1d1d27; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14141b; --card: #1e1e28; --ink: #ececf3; --soft: #a2a4b5; --rule: #33343f;
  --arrived: #8d92ad; --admitted: #4fb6c9; --sold: #a08ff5; --refused: #ee9d66; --waiting: #484a59;
  --good: #6fd6a0; --good-ground: #16352a; --bad: #ff8a80; --bad-ground: #431c1a; --machine: #ececf3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
main { max-width: 1216px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 0 0 4px; }
header p, .faint, small { color: var(--soft); }
header p { margin: 4px 0 20px; }
p { margin: 0 0 10px; max-width: 78ch; }
.banner { border-radius: 12px; padding: 18px 24px; margin-bottom: 16px; background: var(--card); }
.banner h2 { font-size: 24px; } .banner p { margin: 0; }
.banner.good { background: var(--good-ground); } .banner.good h2 { color: var(--good); }
.banner.bad { background: var(--bad-ground); } .banner.bad h2 { color: var(--bad); }
.banner.good h2::before { content: "✓ "; } .banner.bad h2::before { content: "✗ "; }
.figures { display: grid; grid-template-columns: repeat(7, 1fr); background: var(--card); border-radius: 12px;
  margin-bottom: 16px; }
.figures div { padding: 16px 16px 14px; border-left: 1px solid var(--rule); }
.figures div:first-child { border-left: 0; }
.figures b { display: block; font-size: 23px; line-height: 1.25; letter-spacing: -0.02em; white-space: nowrap; }
.figures span { font-size: 13px; line-height: 1.3; display: block; color: var(--soft); }
.alarming b, tr.alarming .number, tr.alarming th { color: var(--bad); }
.grid-of-cards { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.card { background: var(--card); border-radius: 12px; padding: 20px 24px; min-width: 0; }
.card.wide { grid-column: 1 / -1; }
.card > p:first-of-type { color: var(--soft); font-size: 14px; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.grid line { stroke: var(--rule); } .axis text { fill: var(--soft); }
svg .faint { fill: var(--soft); font-size: 11px; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
.line.arrived { stroke: var(--arrived); } .line.admitted { stroke: var(--admitted); }
.line.sold { stroke: var(--sold); } .line.machine { stroke: var(--machine); stroke-width: 1.5; stroke-dasharray: 4 3; }
.end { font-weight: 600; font-size: 13px; }
.end.arrived { fill: var(--arrived); } .end.admitted { fill: var(--admitted); } .end.sold { fill: var(--sold); }
.area.waiting { fill: var(--waiting); } .area.admitted { fill: var(--admitted); }
.bar.sold { fill: var(--sold); } .bar.refused { fill: var(--refused); }
.moment line { stroke: var(--soft); stroke-dasharray: 3 3; } .moment text { fill: var(--ink); }
.diagonal { stroke: var(--soft); stroke-dasharray: 3 3; }
.dots { stroke: var(--sold); stroke-width: 3; stroke-linecap: round; opacity: 0.55; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--soft); margin: 0 0 8px; max-width: none; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
i.arrived { background: var(--arrived); } i.admitted { background: var(--admitted); } i.sold { background: var(--sold); }
i.refused { background: var(--refused); } i.waiting { background: var(--waiting); } i.machine { background: var(--machine); }
.stage path { fill: var(--rule); } .stage text { fill: var(--soft); font-size: 13px; }
.unsold { fill: none; stroke: var(--soft); stroke-width: 1.2; }
.seat-key { font-size: 13px; color: var(--soft); }
.ramp { display: flex; gap: 10px; align-items: center; margin: 6px 0; }
.ramp i { width: 220px; height: 10px; border-radius: 5px; }
.sections { display: flex; flex-wrap: wrap; gap: 2px 24px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; } thead th { color: var(--soft); font-weight: 400; font-size: 13px; }
td, th { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
tr:last-child > td, tr:last-child > th { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.latency th small { font-weight: 400; } .latency tr.refused th, .latency tr.refused td { color: var(--soft); }
.latency td:last-child, .bar-head { width: 316px; padding-right: 0; }
.latency tr.span { font-weight: 600; }
.range line { stroke-linecap: round; } .range .thin { stroke: var(--admitted); stroke-width: 2; }
.range .thick { stroke: var(--admitted); stroke-width: 6; } .range .stop { stroke: var(--admitted); stroke-width: 2; }
.range circle { fill: var(--card); stroke: var(--admitted); stroke-width: 2.5; }
.range.span .thin, .range.span .thick, .range.span .stop, .range.span circle { stroke: var(--sold); }
.range.refused .thin, .range.refused .thick, .range.refused .stop, .range.refused circle { stroke: var(--refused); }
.range .grid line { stroke: var(--rule); stroke-width: 1; }
.invariants { list-style: none; margin: 8px 0 12px; padding: 0; }
.invariants > li { display: grid; grid-template-columns: 22px 40px minmax(0, 1fr) auto; gap: 0 8px; padding: 6px 0;
  border-bottom: 1px solid var(--rule); }
.invariants > li::before { font-weight: 700; } .invariants > li.good::before { content: "✓"; color: var(--good); }
.invariants > li.bad::before { content: "✗"; color: var(--bad); } .invariants em { font-style: normal; color: var(--soft);
  font-size: 13px; font-variant-numeric: tabular-nums; }
.invariants ol { grid-column: 3 / -1; margin: 4px 0; padding-left: 20px; font-size: 13px; color: var(--bad); }
.outcomes th { font-weight: 400; white-space: nowrap; } .outcomes td:last-child { width: 45%; }
.outcomes i { display: block; height: 12px; margin-top: 5px; border-radius: 3px; min-width: 2px; background: var(--arrived); }
.outcomes i.bought { background: var(--sold); } .outcomes i.failed, .outcomes i.lost-turn { background: var(--bad); }
.run th { width: 130px; font-weight: 600; } code { font: 13px ui-monospace, "Cascadia Mono", Menlo, monospace; overflow-wrap: anywhere; }
@media (max-width: 900px) { .grid-of-cards { grid-template-columns: minmax(0, 1fr); } .figures { grid-template-columns: repeat(2, 1fr); } }
@media print { body { background: #fff; } .card { break-inside: avoid; } }
`);
