import { fork } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '#platform/embedded/free-port.ts'
import { pause } from '#platform/runtime/pause.ts'
import { ROOT } from '../../cli/start/plan.ts'
import { youngGenerationFlags } from '../../router/young-generation.ts'

/** A router in a process of its own. */
export type RouterProcess = {
  url: string
  /** What its metrics say: CPU of the process, and calls of subgraphs. */
  usage(): Promise<{ cpuMs: number; calls: number }>
  stop(): Promise<void>
}

/** Starts `router/main.ts` over the shop's supergraph; resolves when it is ready. */
export async function startRouterProcess(env: Readonly<Record<string, string>>): Promise<RouterProcess> {
  const port = await freePort()
  const child = fork(`${ROOT}router/main.ts`, ['--port', String(port)], {
    execArgv: youngGenerationFlags(env),
    env: { ...env, PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', LOG_LEVEL: 'error', AGORA_SUPERVISED: '1' },
  })
  const origin = `http://127.0.0.1:${port}`
  const exited = new AbortController()
  child.once('exit', () => exited.abort(new Error('the router ended')))
  while (!(await isReady(`${origin}/ready`))) {
    exited.signal.throwIfAborted()
    await pause(50, exited.signal)
  }
  return {
    url: `${origin}/graphql`,
    usage: async () => {
      const text = await (await fetch(`${origin}/metrics`)).text()
      const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((all, [, value]) => all + Number(value), 0)
      return {
        cpuMs: sum(/^process_cpu_seconds_total (\S+)/gm) * 1_000,
        calls: sum(/^agora_router_subgraph_calls_total\{[^}]*\} (\S+)/gm),
      }
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
