import { restartWithYoungGeneration } from './young-generation.ts'

restartWithYoungGeneration(process.env)
// Before @apollo/gateway is loaded: it would otherwise send telemetry.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1'
// Only now, so that nothing is loaded twice.
const { runRouter } = await import('./command.ts')
await runRouter(process.argv.slice(2), process.env)
