import type { Finding } from './finding.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** Findings as SARIF 2.1.0, which code scanning of the usual forges reads. */
export function renderSarif(findings: readonly Finding[]): object {
  const rules = [...new Set(findings.map(({ rule }) => rule))].map((id) => ({ id }))
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'agora-graph', rules } }, results: findings.map(resultOf) }],
  }
}

const resultOf = ({ severity, rule, message, places, hint }: Finding): object => ({
  ruleId: rule,
  level: severity,
  message: { text: hint === undefined ? message : `${message}\n${hint}` },
  // Code scanning takes no result without a place.
  locations: (places.length > 0 ? places : [{ file: 'supergraph.yaml', line: 1 }]).map(({ file, line }) => ({
    physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line } },
  })),
})
