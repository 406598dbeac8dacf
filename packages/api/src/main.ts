import { enableCompileCache } from "node:module";

// Node stores compiled code on disk, which halves the time of the next start.
enableCompileCache();
const { runProcess } = await import("./runProcess.ts");
await runProcess();
