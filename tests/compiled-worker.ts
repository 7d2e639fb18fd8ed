import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import { compile, THREAD } from './compiled-program.ts'

let worker: Promise<string> | undefined

/**
 * Has tests start compiled inference workers: hundreds of them start in a run, each in a quarter of the processor time.
 * Tests of the program as a process start the sources.
 */
export const compiledWorker: Plugin = {
  name: 'compiled inference worker',
  enforce: 'pre',
  async transform(code, id) {
    if (!id.endsWith('/worker-pool.ts') || !THREAD.test(code)) return undefined
    worker ??= compileWorker()
    return code.replace(THREAD, `new URL(${JSON.stringify(pathToFileURL(await worker).href)})`)
  },
}

async function compileWorker(): Promise<string> {
  const path = (await compile({})).path('inference-worker')
  process.once('exit', () => rmSync(dirname(path), { recursive: true, force: true }))
  return path
}
