/** The program of a thread of the exploration. */
import { enableCompileCache, flushCompileCache } from "node:module";

// A thread does not inherit the compile cache of its process. With the cache, a thread loads the
// product in half the time.
enableCompileCache();
const { serveSeeds } = await import("./serveSeeds.ts");
serveSeeds();
// The main thread ends this thread without its exit handlers, which would write the cache.
flushCompileCache();
