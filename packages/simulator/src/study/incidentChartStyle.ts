/**
 * The style of the chart. The colours are plain values, because programs that draw an SVG file
 * outside of a browser know no custom properties.
 */
export const INCIDENT_CHART_STYLE = `
text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1d1d27}
.card{fill:#ffffff;stroke:#d5d6df}
.head{font-size:18px;font-weight:600}
.panel{font-size:14px;font-weight:600}
.legend{font-size:13px;fill:#43454f}
.axis,.window-name{font-size:13px;fill:#5d5f6f}
.window{fill:#5d5f6f;opacity:.08}
.bracket{fill:none;stroke:#8a8fa8}
.grid{stroke:#e3e3ea}
.line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}
.holds{stroke:#5b45c4}
.polls{stroke:#2b8a9e}
.api{stroke:#c2571a}
.mysql{stroke:#16794a}
.buyers{stroke:#8a8fa8;stroke-width:1.8}
.machine{stroke:#1d1d27;stroke-width:1.5;stroke-dasharray:5 4}
.left{stroke:#8a8fa8;stroke-width:2;stroke-dasharray:2 5}
.mark line{stroke-width:1.5}
.mark text{font-size:13px;font-weight:600}
.mark text,.panel,.legend{paint-order:stroke;stroke:#ffffff;stroke-width:4px}
.found line{stroke:#b3261e}
.found text{fill:#b3261e}
.done line{stroke:#16794a;stroke-dasharray:4 3}
.done text{fill:#16794a}
@media (prefers-color-scheme:dark){
text{fill:#ececf3}
.card{fill:#1e1e28;stroke:#3a3b48}
.legend{fill:#c9cad6}
.axis,.window-name{fill:#a2a4b5}
.window{fill:#ececf3;opacity:.07}
.grid{stroke:#33343f}
.mark text,.panel,.legend{stroke:#1e1e28}
.holds{stroke:#a08ff5}
.polls{stroke:#4fb6c9}
.api{stroke:#ee9d66}
.mysql{stroke:#6fd6a0}
.machine{stroke:#ececf3}
.found line{stroke:#ff8a80}
.found text{fill:#ff8a80}
.done line{stroke:#6fd6a0}
.done text{fill:#6fd6a0}
}
`;
