import { defineConfig } from 'vite'

// `npx vite web/graphiql` shows the page while one works on it; a running shop answers.
const ROUTER = 'http://127.0.0.1:4000'

// oxlint-disable-next-line import/no-default-export -- how Vite reads its configuration.
export default defineConfig({
  root: import.meta.dirname,
  base: '/graphiql/',
  logLevel: 'error',
  // A browser gets all of it as files: nothing is inlined as `data:`, which the page's content security policy refuses.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: Infinity, target: 'baseline-widely-available' },
  server: { proxy: { '/graphql': { target: ROUTER, ws: true } } },
})
