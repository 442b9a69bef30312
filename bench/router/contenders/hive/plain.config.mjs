import { defineConfig } from '@graphql-hive/gateway'

// As in the published benchmark (graphql-hive/graphql-gateways-benchmark), started there with `--jit`.
export const gatewayConfig = defineConfig({ inboundInflightRequestDeduplication: true })
