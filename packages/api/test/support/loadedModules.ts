import { registerHooks } from "node:module";

/**
 * Loaded by `node --import`: writes the name of each OpenTelemetry package that the process loads
 * to standard output.
 */
const seen = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /@opentelemetry\/([^/]+)\//.exec(url) ?? [];
    if (name !== undefined && !seen.has(name)) process.stdout.write(`loaded ${name}\n`);
    if (name !== undefined) seen.add(name);
    return nextLoad(url, context);
  },
});
