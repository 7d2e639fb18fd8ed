import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BackEnd, BackEndDescription, PaintOptions, PaintRequest, Picture } from '@promptloom/generate/back-end'
import { GeneratorError, type GeneratorOutcome } from '@promptloom/generate/generator-error'
import { checkPaintRequest } from '@promptloom/generate/paint-request'
import { SKETCH_LABEL } from '@promptloom/generate/sketch/paint'

/** What the process says of a request. */
interface Message {
  readonly id: number
  readonly picture?: Picture
  readonly position?: number
  readonly done?: boolean
  readonly failed?: string
  readonly outcome?: GeneratorOutcome
}

/**
 * The sketch painter in a process of its own, started when something is painted: searching shuts every decoder of its
 * process that could run a stranger's SVG, and the painter draws with SVG. An abort ends the process, and with it the
 * work; the next request starts another.
 */
export class SketchProcess implements BackEnd, AsyncDisposable {
  #child: Promise<ChildProcess> | undefined
  #requests = 0

  describe(): BackEndDescription {
    return { kind: 'sketch', label: SKETCH_LABEL, standIn: true }
  }

  async generate(request: PaintRequest, options: PaintOptions = {}): Promise<readonly Picture[]> {
    const { signal } = options
    signal?.throwIfAborted()
    // Checked here, so that the seed is settled and a wrong request costs no process.
    const checked = checkPaintRequest(request)
    const child = await this.#started()
    const id = this.#requests++
    const abort = () => void this.#end()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await asked(child, id, checked, options)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }

  #started(): Promise<ChildProcess> {
    this.#child ??= start().catch((error) => {
      this.#child = undefined
      throw error
    })
    return this.#child
  }

  async #end(): Promise<void> {
    const starting = this.#child
    this.#child = undefined
    const child = await starting?.catch(() => undefined)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // Nothing else may keep this process alive until it is gone.
    child.ref()
    child.kill('SIGKILL')
    await gone
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'sketch-process.mjs'), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new GeneratorError('generator_error', 'The sketch painter ended before it began to paint.')
  })
  await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  // The child waits for work; only work in progress should keep this process alive.
  child.unref()
  child.channel?.unref()
  return child
}

/** Requests in work by process: only these keep this process alive, however many there are. */
const inWork = new WeakMap<ChildProcess, number>()

function count(child: ChildProcess, change: 1 | -1): void {
  const requests = (inWork.get(child) ?? 0) + change
  inWork.set(child, requests)
  if (requests === 0) child.channel?.unref()
  else child.channel?.ref()
}

function asked(
  child: ChildProcess,
  id: number,
  request: PaintRequest & { readonly count: number },
  { onPicture, onProgress }: PaintOptions,
): Promise<readonly Picture[]> {
  return new Promise((resolve, reject) => {
    const pictures: Picture[] = []
    const heard = (message: Message) => {
      if (message.id !== id) return
      if (message.picture && message.position !== undefined) {
        pictures.push(message.picture)
        onPicture?.(message.picture, message.position)
        const state = `picture ${pictures.length} of ${request.count} drawn`
        onProgress?.({ fraction: pictures.length / request.count, state })
      } else if (message.done) settle(() => resolve(pictures))
      else if (message.failed) {
        settle(() => reject(new GeneratorError(message.outcome ?? 'generator_error', message.failed as string)))
      }
    }
    const gone = () =>
      settle(() => reject(new GeneratorError('generator_error', 'The sketch painter ended while it painted.')))
    const settle = (end: () => void) => {
      child.off('message', heard)
      child.off('exit', gone)
      count(child, -1)
      end()
    }
    child.on('message', heard)
    child.on('exit', gone)
    count(child, 1)
    child.send({ id, request })
  })
}
