import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measurement } from './measurement.ts'

/** Where the peer is looked for: its package is no dependency, as it brings a second ONNX Runtime. */
export const PEER = '@huggingface/transformers'

/** Whether the peer is installed in or above a folder. */
export function hasPeer(folder: string): boolean {
  try {
    createRequire(join(resolve(folder), 'x.js')).resolve(PEER)
    return true
  } catch {
    return false
  }
}

/** transformers.js in a child process, ready to embed texts or picture files. */
export class Peer implements AsyncDisposable {
  readonly #child: ChildProcess

  static async open(folder: string, model: string, kind: 'text' | 'image'): Promise<Peer> {
    const path = fileURLToPath(new URL('./peer-process.mjs', import.meta.url))
    const child = fork(path, [folder, model, kind], { execArgv: [], serialization: 'advanced' })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${PEER} ended with code ${code}.`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return new Peer(child)
  }

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Embeds rows in batches of 32, in their order; measured by the child itself. */
  async embed(rows: readonly string[]): Promise<Measurement> {
    this.#child.send(rows)
    const [measured] = await once(this.#child, 'message')
    return measured as Measurement
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill()
    await once(this.#child, 'exit')
  }
}
