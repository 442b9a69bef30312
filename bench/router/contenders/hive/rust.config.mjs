import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'

// As in the published benchmark (graphql-hive/graphql-gateways-benchmark).
export const gatewayConfig = defineConfig({ unifiedGraphHandler, inboundInflightRequestDeduplication: true })
