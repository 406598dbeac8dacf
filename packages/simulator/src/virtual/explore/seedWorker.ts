/** The program of a thread of the exploration. */
import { serveSeeds } from "./serveSeeds.ts";

serveSeeds();
