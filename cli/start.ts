import { main } from './start/main.ts'

// `npm start`: the whole shop, from nothing.
await main()
