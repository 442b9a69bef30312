import { writeFileSync } from 'node:fs'
import { renderEnvExample } from './render-env-example.ts'

// `npm run env-example` writes .env.example anew; a test fails where the committed one is not current.
writeFileSync(new URL('../.env.example', import.meta.url), renderEnvExample())
