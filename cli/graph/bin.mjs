#!/usr/bin/env node
// `npx agora-graph COMMAND …`: a Node that is too old can't read TypeScript, and is told so first.
import '../check-node.mjs'

await import('./main.ts')
