// Loaded before every entry point by `node --import`, since a Node that is too old can't even read the entry point itself.
// It says so in a sentence, and is plain JavaScript that every Node understands.
const NEEDED = 24
const major = Number(process.versions.node.split('.')[0])

if (major < NEEDED) {
  process.stderr.write(
    `Agora needs Node ${NEEDED} and this is ${process.versions.node}: run it as \`npm run …\` or \`npx node …\` after \`npm ci\`` +
      `, which brings Node ${NEEDED} along; on Apple silicon install Node ${NEEDED} yourself.\n`,
  )
  process.exit(1)
}

await import('./compile-cache.mjs')
