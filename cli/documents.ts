import { writeFileSync } from 'node:fs'
import { MANIFEST_FILE, renderManifest } from './documents/render-manifest.ts'

// `npm run documents` writes the manifest of examples/operations anew; a test fails where the committed one is not current.
writeFileSync(MANIFEST_FILE, renderManifest())
