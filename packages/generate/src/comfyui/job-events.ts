import { WebSocket } from 'undici'
import { eventSchema } from './protocol.ts'

/** How far the sampling is, as the server tells it. */
export interface Step {
  readonly value: number
  readonly max: number
}

/** What is told while a job runs. */
export interface JobListener {
  readonly onStep: (step: Step) => void
  /** Something ended: worth a look at the history now. */
  readonly onEnd: () => void
}

/**
 * ComfyUI's events for one client, over its WebSocket. They only make progress finer and waiting shorter: where the
 * socket can't be had (a proxy without upgrade), the history is polled all the same.
 */
export class JobEvents implements Disposable {
  readonly #socket: WebSocket
  #job: { readonly id: string; readonly listener: JobListener } | undefined

  constructor(url: string, client: string, headers: Readonly<Record<string, string>>) {
    const address = `${url.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(client)}`
    this.#socket = new WebSocket(address, { headers })
    this.#socket.addEventListener('message', (event) => this.#hear(event.data))
    // An error is followed by a close, and a closed socket tells nothing more: polling goes on.
    this.#socket.addEventListener('error', () => undefined)
  }

  /** Resolves when the socket is open, or as soon as it is clear that it won't be. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#socket.readyState !== WebSocket.CONNECTING) return
    await new Promise<void>((resolve) => {
      const done = () => resolve()
      for (const type of ['open', 'error', 'close'] as const) this.#socket.addEventListener(type, done, { once: true })
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Says whose events to pass on from now on. */
  follow(id: string, listener: JobListener): void {
    this.#job = { id, listener }
  }

  [Symbol.dispose](): void {
    this.#job = undefined
    this.#socket.close()
  }

  #hear(data: unknown): void {
    // Binary messages are previews of the picture.
    if (typeof data !== 'string' || this.#job === undefined) return
    const event = eventSchema.safeParse(parseJson(data))
    if (!event.success) return
    const { type, data: told } = event.data
    const { id, listener } = this.#job
    if (told.prompt_id !== undefined && told.prompt_id !== id) return
    if (type === 'progress' && told.value !== undefined && told.max)
      listener.onStep({ value: told.value, max: told.max })
    const isOver = type === 'executing' && told.node === null
    if (isOver || /^execution_(success|error|interrupted)$/.test(type)) listener.onEnd()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
