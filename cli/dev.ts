import { main } from './start/main.ts'
import { restartOnChange } from './start/restart-on-change.ts'

// `npm run dev`: like `npm start`, and restarts what changed.
await main(restartOnChange)
