# The image of Onsale: API, worker and command line. Node runs the TypeScript files as they are, so
# there is no build step. The packages stay outside node_modules, because Node refuses TypeScript
# files below it. See docs/operate/CONTAINERS.md.
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# Only the files that decide what is installed: Docker repeats the installation when one changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
COPY packages/api/package.json packages/api/
COPY packages/cli/package.json packages/cli/
COPY packages/client/package.json packages/client/
COPY packages/conformance/package.json packages/conformance/
COPY packages/core/package.json packages/core/
COPY packages/devstack/package.json packages/devstack/
COPY packages/simulator/package.json packages/simulator/
# Only what the command line and the packages below it need. --filter would also follow the
# dependencies of development, such as the package of tests that core uses. The optional
# dependencies are Node for a checkout, which an image has already. Types and source maps serve
# compilers and debuggers only; they are a third of the packages.
RUN npx -y "$(node -p 'require("./package.json").packageManager')" \
    install --frozen-lockfile --prod --no-optional --filter-prod "@onsale/cli..." && \
    find node_modules -type f -regex '.*\.\(d\.[cm]?ts\|map\)' -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Onsale" \
      org.opencontainers.image.description="Sells concert seats through a rush" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
WORKDIR /app
COPY --from=dependencies /app ./
COPY LICENSE ./
COPY packages packages
RUN ln -s /app/packages/cli/bin/onsale.js /usr/local/bin/onsale
# In a container, HOST must be an address that the proxy and the probes reach.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
# A number, because Kubernetes cannot tell whether a name is root.
USER 1000:1000
EXPOSE 8080
# ROLE decides what the process does; another command, such as ["onsale", "db", "migrate"],
# replaces it.
CMD ["node", "packages/api/src/main.ts"]
# One slow answer of a loaded machine does not count; 25 s without an answer do.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=5 \
    CMD ["node", "-e", "require('node:http').get({ port: process.env.PORT, path: '/health/ready' }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
