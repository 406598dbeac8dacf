import { enableCompileCache } from "node:module";

// Node caches compiled code; the next start takes half the time.
enableCompileCache();
const { runProcess } = await import("./runProcess.ts");
await runProcess();
