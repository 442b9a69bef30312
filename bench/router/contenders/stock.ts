import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

// Apollo Gateway as its documentation starts it: `stock.ts <supergraph file> <port>`.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1'
const { ApolloGateway } = await import('@apollo/gateway')

const [file, port] = process.argv.slice(2)
if (file === undefined || port === undefined) throw new Error('expected <supergraph file> <port>')

const gateway = new ApolloGateway({ supergraphSdl: readFileSync(file, 'utf8') })
await startStandaloneServer(new ApolloServer({ gateway }), { listen: { host: '127.0.0.1', port: Number(port) } })
