import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { type WebSocket, WebSocketServer } from 'ws'

/** How the double behaves. */
export interface ComfyUiBehaviour {
  /** Milliseconds a job takes, in ten steps; default 0. */
  readonly paintMs?: number
  /** A job of somebody else that runs first, for so many milliseconds. */
  readonly othersMs?: number
  /** Answer to `POST /prompt` in place of a job. */
  readonly refuse?: { readonly status: number; readonly body: string; readonly headers?: object }
  /** `node_errors` of an accepted workflow. */
  readonly nodeErrors?: object
  /** How jobs end. */
  readonly end?: 'success' | 'error' | 'interrupted' | 'lost' | 'empty' | 'preview'
  /** No WebSocket. */
  readonly deaf?: boolean
  /** Chooses the ids of jobs itself, as older servers do. */
  readonly ownIds?: boolean
  /** Bytes in place of the picture. */
  readonly garble?: string
  /** Sends half of the picture and breaks off. */
  readonly cut?: boolean
  /** Text in place of the history. */
  readonly historyText?: string
}

interface Job {
  readonly number: number
  readonly id: string
  readonly client: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly graph: any
}

/** ComfyUI's server on loopback: a queue, one painter, history, events, pictures. */
export async function comfyUiDouble(behaviour: ComfyUiBehaviour = {}) {
  const double = new Double(behaviour)
  const server = createServer((request, response) => void double.handle(request, response))
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (behaviour.deaf) socket.destroy()
    else
      sockets.handleUpgrade(request, socket, head, (opened) => {
        double.clients.set(new URL(request.url ?? '', 'http://x').searchParams.get('clientId') ?? '', opened)
        opened.send(JSON.stringify({ type: 'status', data: { status: { exec_info: { queue_remaining: 0 } } } }))
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Jobs as they were queued. */
    jobs: double.jobs,
    /** Ids of jobs that were interrupted while they ran. */
    interrupted: double.interrupted,
    /** Ids of jobs that were taken out of the queue. */
    deleted: double.deleted,
    paths: double.paths,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

class Double {
  readonly behaviour: ComfyUiBehaviour
  readonly jobs: Job[] = []
  readonly interrupted: string[] = []
  readonly deleted: string[] = []
  readonly paths: string[] = []
  readonly clients = new Map<string, WebSocket>()
  readonly history: Record<string, object> = {}
  #running: Job | undefined
  #pending: Job[] = []
  #turn = Promise.resolve()
  #number = 0

  constructor(behaviour: ComfyUiBehaviour) {
    this.behaviour = behaviour
    if (behaviour.othersMs !== undefined)
      this.#enqueue({ number: 0, id: 'other', client: '', graph: {} }, behaviour.othersMs)
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x')
    const body = await bodyOf(request)
    this.paths.push(`${request.method} ${url.pathname}`)
    if (url.pathname === '/prompt') this.#prompt(body, response)
    else if (url.pathname.startsWith('/history/')) this.#tell(url.pathname.slice(9), response)
    else if (url.pathname === '/queue' && request.method === 'POST') this.#delete(body.delete, response)
    else if (url.pathname === '/queue') send(response, this.#queue())
    else if (url.pathname === '/interrupt') this.#interrupt(response)
    else if (url.pathname === '/view') await this.#view(url.searchParams, response)
    else send(response, 'not found', 404)
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  #prompt(body: any, response: ServerResponse): void {
    const { refuse, nodeErrors = {}, ownIds, paintMs = 0 } = this.behaviour
    if (refuse !== undefined) {
      response.writeHead(refuse.status, { 'content-type': 'application/json', ...refuse.headers })
      response.end(refuse.body)
      return
    }
    const id = ownIds ? `own-${this.#number}` : body.prompt_id
    const job = { number: ++this.#number, id, client: body.client_id, graph: body.prompt }
    this.jobs.push(job)
    this.#enqueue(job, paintMs)
    send(response, { prompt_id: id, number: job.number, node_errors: nodeErrors })
  }

  #enqueue(job: Job, ms: number): void {
    this.#pending.push(job)
    this.#turn = this.#turn.then(() => this.#run(job, ms))
  }

  async #run(job: Job, ms: number): Promise<void> {
    if (!this.#pending.includes(job)) return
    this.#pending = this.#pending.filter((other) => other !== job)
    this.#running = job
    this.#say(job, 'execution_start', {})
    for (let step = 1; step <= 10 && !this.interrupted.includes(job.id); step++) {
      await new Promise((resolve) => setTimeout(resolve, ms / 10))
      this.clients.get(job.client)?.send(Buffer.from([0, 0, 0, 1, 0xff, 0xd8]))
      this.#say(job, 'progress', { value: step, max: 10, node: '3' })
    }
    this.#running = undefined
    const end = this.interrupted.includes(job.id) ? 'interrupted' : (this.behaviour.end ?? 'success')
    if (end !== 'lost') this.history[job.id] = historyOf(job, end)
    this.#say(job, 'executing', { node: null })
  }

  #say(job: Job, type: string, data: object): void {
    this.clients.get(job.client)?.send(JSON.stringify({ type, data: { prompt_id: job.id, ...data } }))
  }

  #tell(id: string, response: ServerResponse): void {
    const { historyText } = this.behaviour
    const found = this.history[id]
    if (historyText !== undefined) response.end(historyText)
    else send(response, found === undefined ? {} : { [id]: found })
  }

  #queue(): object {
    const entry = (job: Job) => [job.number, job.id, job.graph, {}, []]
    return {
      queue_running: this.#running === undefined ? [] : [entry(this.#running)],
      queue_pending: this.#pending.map(entry),
    }
  }

  #delete(ids: readonly string[], response: ServerResponse): void {
    for (const id of ids) if (this.#pending.some((job) => job.id === id)) this.deleted.push(id)
    this.#pending = this.#pending.filter((job) => !ids.includes(job.id))
    response.end()
  }

  #interrupt(response: ServerResponse): void {
    if (this.#running !== undefined) this.interrupted.push(this.#running.id)
    response.end()
  }

  async #view(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const { garble, cut } = this.behaviour
    const colour = query.get('type') === 'temp' ? '#ff0000' : '#00ff00'
    const png = await sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
      .png()
      .toBuffer()
    const bytes = garble === undefined ? png : Buffer.from(garble)
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': bytes.length })
    if (cut) response.write(bytes.subarray(0, 40), () => setTimeout(() => response.destroy(), 20))
    else response.end(bytes)
  }
}

function historyOf(job: Job, end: string): object {
  const image = (type: string) => ({ filename: `${type}_1_.png`, subfolder: 'sub', type })
  const failed = end === 'error' || end === 'interrupted'
  const outputs = { 1: { text: ['no picture'] }, 8: { images: [image('temp')] }, 9: { images: [image('output')] } }
  const { 1: text, 8: preview } = outputs
  const messages: unknown[] = [['execution_start', { prompt_id: job.id }]]
  if (end === 'interrupted') messages.push(['execution_interrupted', { node_id: '3', node_type: 'KSampler' }])
  if (end === 'error')
    messages.push([
      'execution_error',
      { node_id: '3', node_type: 'KSampler', exception_message: 'CUDA out of memory\n' },
    ])
  return {
    prompt: [job.number, job.id, job.graph, {}, []],
    outputs: failed || end === 'empty' ? { 1: text } : end === 'preview' ? { 1: text, 8: preview } : outputs,
    status: { status_str: failed ? 'error' : 'success', completed: !failed, messages },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever was sent
async function bodyOf(request: IncomingMessage): Promise<any> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString() || '{}')
}

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
