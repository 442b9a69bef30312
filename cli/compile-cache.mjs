// Loaded first: what V8 compiled and Node stripped of its types is kept in the temporary folder, for this process and those
// that it starts. A test file takes a fifth less CPU for it, and a shop of eight processes starts a second sooner.
import { enableCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'agora-compile-cache')
enableCompileCache(process.env.NODE_COMPILE_CACHE)
