import { type Markup, markup } from "./markup.ts";
import { coordinate, linear, niceTicks, type Scale } from "./scales.ts";

export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  /** Largest value on each axis. */
  readonly xMax: number;
  readonly yMax: number;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** The text that a screen reader reads instead of the picture. */
  readonly label: string;
  /** Space at the right for labels at the ends of lines. */
  readonly rightMargin?: number;
  readonly xTitle?: string;
  readonly yTitle?: string;
}

export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly bottom: number;
  readonly top: number;
  readonly right: number;
  /** Draws the whole chart: the grid, the axes, and the content over them. */
  draw(content: Markup | readonly Markup[]): Markup;
}

const LEFT = 48;
const TOP = 14;
const BOTTOM = 30;
const X_TICKS = 7;
const Y_TICKS = 4;

/** Creates the axes, and a grid with round numbers. All charts of the report use this frame. */
export function chartFrame(options: FrameOptions): Frame {
  const { width, height } = options;
  const right = width - (options.rightMargin ?? 16);
  const bottom = height - BOTTOM;
  const yTicks = niceTicks(options.yMax, Y_TICKS);
  const x = linear(0, options.xMax, LEFT, right);
  const y = linear(0, yTicks.at(-1) ?? 1, bottom, TOP);
  const xTicks = niceTicks(options.xMax, X_TICKS).filter((tick) => tick <= options.xMax);
  return {
    x,
    y,
    bottom,
    top: TOP,
    right,
    draw: (
      content,
    ) => markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${options.label}">
      <g class="grid">${yTicks.map((tick) => horizontal(y(tick), right))}</g>
      <g class="axis">
        ${yTicks.map((tick) => words(LEFT - 8, y(tick) + 4, "end", options.yText(tick)))}
        ${xTicks.map((tick) => words(x(tick), bottom + 18, "middle", options.xText(tick)))}
        ${words(right, bottom - 8, "end", options.xTitle ?? "")}
        ${words(LEFT + 6, TOP + 6, "start", options.yTitle ?? "")}
      </g>
      ${content}
    </svg>`,
  };
}

function words(x: number, y: number, anchor: "start" | "middle" | "end", text: string): Markup {
  const at = markup`x="${coordinate(x)}" y="${coordinate(y)}" text-anchor="${anchor}"`;
  return text === "" ? markup`` : markup`<text ${at}>${text}</text>`;
}

function horizontal(y: number, right: number): Markup {
  return markup`<line x1="${LEFT}" x2="${right}" y1="${coordinate(y)}" y2="${coordinate(y)}"/>`;
}

/** Draws a dashed vertical line at a time, with a label at its top. */
export function moment(frame: Frame, atMs: number, text: string, row: number): Markup {
  const x = coordinate(frame.x(atMs));
  const nearRight = frame.x(atMs) > frame.right - 150;
  const textX = frame.x(atMs) + (nearRight ? -5 : 5);
  return markup`<g class="moment"><line x1="${x}" x2="${x}" y1="${frame.top}" y2="${frame.bottom}"/>
    ${words(textX, frame.top + 10 + row * 14, nearRight ? "end" : "start", text)}</g>`;
}

/** Draws the legend: the name of each colour. */
export function legend(entries: readonly (readonly [className: string, text: string])[]): Markup {
  return markup`<p class="legend">${entries.map(
    ([className, text]) => markup`<span><i class="${className}"></i>${text}</span>`,
  )}</p>`;
}
