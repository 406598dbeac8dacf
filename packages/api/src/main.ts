import { enableCompileCache } from "node:module";

// What Node compiled it finds again at the next start, which takes half the time then.
enableCompileCache();
const { runProcess } = await import("./runProcess.ts");
await runProcess();
