import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { ROOT } from '../start/plan.ts'

const require = createRequire(import.meta.url)
const manifest = z
  .object({ version: z.string(), license: z.string(), devDependencies: z.record(z.string(), z.string()) })
  .extend({ dependencies: z.record(z.string(), z.string()) })
  .parse(require('../../package.json'))

/** Writes the typed client to `folder` as a package that npm can install: JavaScript for browsers and Node, and its types. */
export async function buildClient(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await Promise.all([bundle(folder), declare(folder)])
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`)
}

async function bundle(folder: string): Promise<void> {
  // Loaded here only: it is a package of the desk.
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      lib: {
        entry: { index: `${ROOT}client/index.ts`, 'apollo-cache': `${ROOT}client/apollo-cache.ts` },
        formats: ['es'],
      },
      rolldownOptions: { external: ['graphql', 'graphql-ws', '@apollo/client'] },
    },
  })
}

async function declare(folder: string): Promise<void> {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const args = [tsc, '--project', `${ROOT}client/tsconfig.json`, '--outDir', join(folder, 'types')]
  await promisify(execFile)(process.execPath, args, { cwd: ROOT })
}

function packageJson(): object {
  const { dependencies, devDependencies } = manifest
  return {
    name: '@agora/client',
    version: manifest.version,
    license: manifest.license,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './types/client/index.d.ts', default: './index.js' },
      './apollo-cache': { types: './types/client/apollo-cache.d.ts', default: './apollo-cache.js' },
    },
    // Types of what the client shares with the shop are found as in the shop.
    imports: { '#platform/*.ts': './types/platform/*.d.ts' },
    dependencies: {
      '@graphql-typed-document-node/core': devDependencies['@graphql-typed-document-node/core'],
      'graphql-ws': dependencies['graphql-ws'],
    },
    peerDependencies: { '@apollo/client': '^4.0.0', graphql: '^16.0.0' },
    peerDependenciesMeta: { '@apollo/client': { optional: true } },
  }
}
