import { parser } from "@prometheus-io/lezer-promql";

/** The metric of a selector, and the labels that a query uses with it. */
export interface MetricUse {
  readonly metric: string;
  /** Labels of its matchers: `{status="503"}`. */
  readonly matched: readonly string[];
}

/** The parts of a PromQL query that depend on the metrics of the product. */
export interface QueryUse {
  readonly metrics: readonly MetricUse[];
  /** Labels of `by`, `on` and their like. */
  readonly grouped: readonly string[];
}

/**
 * Reads the metrics and labels of a query.
 * @throws Error when the text is no PromQL
 */
export function readQuery(query: string): QueryUse {
  const metrics: { metric: string; matched: string[] }[] = [];
  const grouped: string[] = [];
  let isInMatchers = false;
  parser.parse(query).iterate({
    enter({ type, from, to }) {
      const text = query.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (type.name === "VectorSelector") metrics.push({ metric: "", matched: [] });
      if (type.name === "LabelMatchers") isInMatchers = true;
      const last = metrics.at(-1);
      if (type.name === "Identifier" && last && last.metric === "" && !isInMatchers) {
        last.metric = text;
      }
      if (type.name === "LabelName") {
        if (isInMatchers && last) last.matched.push(text);
        else grouped.push(text);
      }
    },
    leave({ type }) {
      if (type.name === "LabelMatchers") isInMatchers = false;
    },
  });
  return { metrics, grouped };
}
