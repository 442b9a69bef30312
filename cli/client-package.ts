import { fileURLToPath } from 'node:url'
import { buildClient } from './client-package/build-client.ts'

// `npm run client:package`: the typed client as a package, for `npm pack` or a registry.
const folder = fileURLToPath(new URL('../client/dist', import.meta.url))
await buildClient(folder)
process.stdout.write(`The client's package is in ${folder}.\n`)
