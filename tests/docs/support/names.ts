import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, isEnumType } from 'graphql'
import { describeVariables } from '#platform/runtime/config.ts'
import { OPEN_CODES } from '../../../router/errors.ts'
import { type Page, ROOT } from './pages.ts'

// Those of others: of the tests, OpenTelemetry and the composition.
const OF_OTHERS = [
  'NODE_OPTIONS',
  'CHROMIUM_PATH',
  'AGORA_REDIS',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'MISSING_TRANSITIVE_AUTH_REQUIREMENTS',
]

/** Names like `OUT_OF_STOCK` or `RATE_LIMIT` that pages have in backticks, and that are no variable, no code and no value of the graph. */
export function unknownNames(pages: readonly Page[]): string[] {
  const types = Object.values(buildSchema(readFileSync(join(ROOT, 'schema/api.graphql'), 'utf8')).getTypeMap())
  const values = types.filter(isEnumType).flatMap((type) => type.getValues().map(({ name }) => name))
  const variables = describeVariables().map(({ name }) => name)
  const known = new Set([...variables, ...OPEN_CODES, ...values, ...OF_OTHERS])
  return pages.flatMap(({ path, code }) =>
    code
      .flatMap((text) => text.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? [])
      .filter((name) => !known.has(name))
      .map((name) => `${path}: ${name}`),
  )
}

/** Metrics that pages name, and that the code does not. */
export function unknownMetrics(pages: readonly Page[]): string[] {
  const files = globSync('{platform,router,subgraphs}/**/*.ts', { cwd: ROOT })
  const code = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
  const texts = pages.flatMap(({ path, code: words, blocks }) =>
    [...words, ...blocks.map(({ text }) => text)].map((text) => ({ path, text })),
  )
  return texts.flatMap(({ path, text }) =>
    (text.match(/\bagora_[a-z_]+\b/g) ?? [])
      // Histograms have three series each. The sandbox's database is no metric.
      .map((name) => name.replace(/_(?:bucket|count|sum)$/, ''))
      .filter((name) => name !== 'agora_sandbox' && !code.includes(name))
      .map((name) => `${path}: ${name}`),
  )
}
