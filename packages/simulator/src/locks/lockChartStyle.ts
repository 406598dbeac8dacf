/**
 * The style of the chart. The colours are plain values, because programs that draw an SVG file
 * outside of a browser know no custom properties.
 */
export const LOCK_CHART_STYLE = `
text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1d1d27}
.card{fill:#ffffff;stroke:#d5d6df}
.head{font-size:18px;font-weight:600}
.sub{font-size:13px;fill:#5d5f6f}
.axis{font-size:12px;fill:#5d5f6f}
.name{font-size:14px}
.value{font-size:13px;font-weight:600;paint-order:stroke;stroke:#ffffff;stroke-width:4px}
.note{font-size:13px;fill:#43454f}
.grid{stroke:#e3e3ea}
.safe{fill:#5b45c4}
.unsafe{fill:#c9372c;opacity:.85}
.whisker{stroke:#1d1d27;stroke-width:1.5;fill:none}
.spec{fill:#ffffff;stroke:#c2571a;stroke-width:2.5}
.bad{fill:#b3261e;font-weight:600}
.poor{fill:#a34a10}
@media (prefers-color-scheme:dark){
text{fill:#ececf3}
.card{fill:#1e1e28;stroke:#3a3b48}
.sub,.axis{fill:#a2a4b5}
.note{fill:#c9cad6}
.value{stroke:#1e1e28}
.grid{stroke:#33343f}
.safe{fill:#8d7bea}
.unsafe{fill:#f2665c}
.whisker{stroke:#ececf3}
.spec{fill:#1e1e28;stroke:#ee9d66}
.bad{fill:#ff8a80}
.poor{fill:#ee9d66}
}
`;
