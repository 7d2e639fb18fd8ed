import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'

/** How the double behaves. */
export interface Automatic1111Behaviour {
  /** Milliseconds a picture takes, in twenty steps; default 0. */
  readonly paintMs?: number
  /** A task of somebody else that is painted first, for so many milliseconds. */
  readonly othersMs?: number
  /** Status and body in place of a picture, at the given call (from 1) or every one. */
  readonly fail?: { readonly status: number; readonly body: string; readonly at?: number; readonly headers?: object }
  /** Text sent in place of the answer. */
  readonly garble?: string
  /** Sends half of the answer and breaks off. */
  readonly cut?: boolean
  /** Does not tell whose task is painted, as servers before 1.8. */
  readonly silentAboutTasks?: boolean
  /** The page's Interrupt is pressed while it paints. */
  readonly interruptedThere?: boolean
  readonly credentials?: string
}

/** AUTOMATIC1111's server on loopback: one queue, one painter, progress, interrupt, models and samplers. */
export async function automatic1111Double(behaviour: Automatic1111Behaviour = {}) {
  const state = {
    current: null as string | null,
    step: 0,
    jobs: 0,
    interrupted: false,
    stopped: [] as (string | null)[],
  }
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  const painted: any[] = []
  const paths: string[] = []
  let queue = Promise.resolve()

  const paint = async (task: string | null, ms: number) => {
    Object.assign(state, { current: task, step: 0, jobs: 1, interrupted: behaviour.interruptedThere === true })
    for (; state.step < 20 && !state.stopped.includes(task); state.step++)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms / 20))
    Object.assign(state, { current: null, jobs: 0 })
  }
  if (behaviour.othersMs !== undefined) queue = paint('task(other)', behaviour.othersMs)

  const txt2img = async (body: Record<string, unknown>, response: ServerResponse) => {
    painted.push(body)
    const at = painted.length
    const turn = queue.then(() => paint(String(body.force_task_id), behaviour.paintMs ?? 0))
    queue = turn
    await turn
    const { fail, garble, cut } = behaviour
    if (fail !== undefined && (fail.at ?? at) === at) {
      response.writeHead(fail.status, { 'content-type': 'application/json', ...fail.headers })
      response.end(fail.body)
      return
    }
    const text = garble ?? JSON.stringify(await answerOf(body))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    if (cut) response.write(text.slice(0, text.length / 2), () => setTimeout(() => response.destroy(), 20))
    else response.end(text)
  }

  const routes: Record<string, (body: Record<string, unknown>, response: ServerResponse) => void> = {
    '/sdapi/v1/txt2img': txt2img,
    '/sdapi/v1/progress': (_, response) => send(response, progressOf(state, behaviour)),
    '/sdapi/v1/interrupt': (_, response) => {
      state.stopped.push(state.current)
      state.interrupted = true
      send(response, {})
    },
    '/sdapi/v1/samplers': (_, response) => send(response, [{ name: 'Euler a', aliases: ['k_euler_a'], options: {} }]),
    '/sdapi/v1/sd-models': (_, response) =>
      send(response, [
        { title: 'dream.safetensors [abc]', model_name: 'dream', hash: 'abc', filename: '/m/dream.safetensors' },
      ]),
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    paths.push(path)
    const wanted = behaviour.credentials && `Basic ${Buffer.from(behaviour.credentials).toString('base64')}`
    if (wanted && request.headers.authorization !== wanted)
      send(response, { detail: 'Incorrect username or password' }, 401)
    else if (routes[path] === undefined) send(response, { detail: 'Not Found' }, 404)
    else void bodyOf(request).then((body) => routes[path]?.(body, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Bodies of all calls of txt2img. */
    painted,
    /** Paths of all requests. */
    paths,
    /** Tasks that were interrupted. */
    stopped: state.stopped,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function progressOf(
  state: { current: string | null; step: number; jobs: number; interrupted: boolean },
  behaviour: Automatic1111Behaviour,
) {
  const { current, step, jobs, interrupted } = state
  return {
    progress: jobs === 0 ? 0 : step / 20,
    eta_relative: 0,
    state: { interrupted, job_count: jobs, job_no: 0, sampling_step: step, sampling_steps: 20 },
    current_image: null,
    textinfo: null,
    ...(behaviour.silentAboutTasks ? {} : { current_task: current }),
  }
}

async function answerOf(body: Record<string, unknown>) {
  const width = Number(body.width ?? 64)
  const height = Number(body.height ?? 48)
  // Another prompt or seed is another picture.
  const background = `#${createHash('sha256').update(`${body.prompt} ${body.seed}`).digest('hex').slice(0, 6)}`
  const png = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
  const info = {
    prompt: body.prompt,
    all_prompts: [body.prompt],
    all_negative_prompts: [body.negative_prompt],
    seed: body.seed,
    all_seeds: [body.seed],
    steps: body.steps ?? 20,
    sampler_name: body.sampler_name ?? 'Euler',
    cfg_scale: body.cfg_scale ?? 7,
    width,
    height,
    sd_model_name: 'dream',
    index_of_first_image: 0,
  }
  return { images: [png.toString('base64')], parameters: body, info: JSON.stringify(info) }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString() || '{}')
}

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
