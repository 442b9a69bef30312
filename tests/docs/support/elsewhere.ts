/** Commands of the pages that the tests of the pages do not run, each with what does: a test, or CI itself. */
export const RUN_BY: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm ci && npm start': 'tests/embedded/start.slow.test.ts',
  'npm start': 'tests/embedded/start.slow.test.ts',
  'npm test': '.ci/run',
  'npm run test:slow': '.ci/run',
  'npm run dev': 'tests/embedded/dev.slow.test.ts',
  'npm run demo': 'tests/docs/shop.test.ts',
  'npm run typecheck': '.ci/run',
  'npm run lint': '.ci/run',
  'npm run compose': 'tests/tooling/composition.test.ts',
  'npm run codegen': 'tests/docs/add-a-field.test.ts',
  'npx node --test tests/domain/money.test.ts': 'tests/domain/money.test.ts',
  'npm run keys': 'tests/tooling/containers.test.ts',
  // The same words, sent by another client.
  [`redis-cli XADD router:cache:drops '*' drop '{"subgraph":"products","entities":[{"__typename":"Product","id":"…"}]}'`]:
    'tests/router/caching-redis.test.ts',
  'npm run router -- --contract storefront --port 4200': 'tests/router/contract.test.ts',
  'npm run router -- --supergraph supergraph.graphql --port 4200': 'tests/router/executable.test.ts',
  'npm run router -- --supergraph schema/supergraph.graphql --port 4200': 'tests/router/executable.test.ts',
}

/** Commands that nothing here can run, each with the reason. */
export const RUN_BY_NOBODY: Readonly<Record<string, string>> = {
  'npm run bench:router': 'twenty minutes of a machine that does nothing else',
  'npm run bench:router -- --quick': 'three minutes, as above',
  'npm run bench:router -- --size heavy --only stock,ours': 'minutes, as above',
  'npx node bench/router/linear.ts': 'minutes, as above',
  'npm run bench:subscriptions': 'ten thousand clients',
  'npm run bench:subscriptions -- --clients 2000 --only plain,shared': 'two thousand clients',
  'docker run --rm -p 16686:16686 -p 4318:4318 jaegertracing/jaeger:latest': 'no Docker where the tests run',
  'docker compose up --build': 'no Docker where the tests run; the README says that it was not run',
}
