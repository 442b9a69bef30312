import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'

// Without what the published benchmark turns on: identical incoming queries are not shared (it shares upstream calls still).
export const gatewayConfig = defineConfig({ unifiedGraphHandler, inboundInflightRequestDeduplication: false })
