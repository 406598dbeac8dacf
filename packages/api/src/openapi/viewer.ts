import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/*
 * The page on which a visitor tries the API
 *
 * The page of `documentPage.ts` is for readers, and runs no script. This one shows the same
 * document with Swagger UI, whose scripts and styles the process serves itself: a visitor enters a
 * token, or an `X-User-Id` in trusted mode, and sends requests. The page loads nothing from other
 * servers, and its policy allows none. It also works below the prefix. A stream is shown at its
 * end, because Swagger UI reads whole answers.
 */

/** Allows what Swagger UI needs: styles in its elements, and pictures in its styles. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Try the Onsale API</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="viewer.css"></head>
<body><div id="viewer"></div>
<script src="viewer.js"></script><script src="start.js"></script></body>
</html>
`;

const START = `SwaggerUIBundle({
  // Also below the prefix.
  url: location.pathname.replace("docs/try", "openapi.json"),
  dom_id: "#viewer",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  // The default asks a server of the makers whether the document is valid.
  validatorUrl: null,
});
`;

/** A file of the viewer, as it is sent. */
export interface ViewerFile {
  readonly type: string;
  readonly body: Buffer;
  readonly policy: string;
}

/** The files by their paths, without the prefix. */
export const VIEWER_FILES: Readonly<Record<string, () => Promise<ViewerFile>>> = {
  "/docs/try": async () => fileOf("text/html; charset=utf-8", Buffer.from(PAGE)),
  "/docs/start.js": async () => fileOf("text/javascript; charset=utf-8", Buffer.from(START)),
  "/docs/viewer.js": async () =>
    fileOf("text/javascript; charset=utf-8", await distributed("swagger-ui-bundle.js")),
  "/docs/viewer.css": async () =>
    fileOf("text/css; charset=utf-8", await distributed("swagger-ui.css")),
};

const fileOf = (type: string, body: Buffer): ViewerFile => ({
  ...{ type, body, policy: POLICY },
});

/** The copies of the released package; a checkout has the dependency itself. */
const COPIES = new URL("./swaggerUi/", import.meta.url);

function distributed(name: string): Promise<Buffer> {
  const copy = new URL(name, COPIES);
  return readFile(
    existsSync(copy) ? copy : new URL(import.meta.resolve(`swagger-ui-dist/${name}`)),
  );
}
