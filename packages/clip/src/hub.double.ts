import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the hub's double misbehaves, file by file. */
export interface Mischief {
  /** Cuts the connection after so many bytes of a body, once a number given. */
  cutAfter?: number[]
  /** Sends a wrong byte in place of the first one, so many times. */
  wrong?: number
  /** Ignores Range headers. */
  noRanges?: boolean
  /** Answers this status, so many times. */
  status?: { code: number; times: number }
  /** Sends nothing, so many times. */
  silent?: number
}

/** A model hub on loopback that speaks what the hub's library asks for: revision, tree, and files by redirect. */
export interface HubDouble extends AsyncDisposable {
  readonly url: string
  /** Requests seen, `METHOD path range`. */
  readonly requests: string[]
  readonly mischief: Map<string, Mischief>
  /** Authorization headers seen by the file store, which is another origin than the hub. */
  readonly leaked: string[]
  token: string | undefined
}

const COMMIT = 'a'.repeat(40)
/** Files of that size and more are kept as LFS objects, with their SHA-256 on record. */
const LARGE = 1000

/** Starts a hub with one repository, `someone/clip`, whose branch `main` is one commit. */
export async function startHub(files: Readonly<Record<string, Buffer>>): Promise<HubDouble> {
  const store = createServer((request, response) => {
    if (request.headers.authorization) hub.leaked.push(request.headers.authorization)
    sendFile(decodeURIComponent((request.url ?? '').slice(1)), request, response)
  })
  const server = createServer((request, response) => {
    hub.requests.push([request.method, request.url, request.headers.range ?? ''].join(' ').trim())
    if (hub.token && request.headers.authorization !== `Bearer ${hub.token}`)
      return json(response, 401, { error: 'no' })
    answer(request, response)
  })
  const hub: HubDouble = {
    url: '',
    requests: [],
    mischief: new Map(),
    leaked: [],
    token: undefined,
    async [Symbol.asyncDispose]() {
      for (const one of [server, store]) {
        one.closeAllConnections()
        await new Promise((resolve) => one.close(resolve))
      }
    },
  }
  const addresses = await Promise.all([server, store].map((one) => listen(one)))
  Object.assign(hub, { url: addresses[0] })

  function answer(request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? '').split('?')[0] as string
    const revision = /^\/api\/models\/someone\/clip\/revision\/(\w+)$/.exec(path)?.[1]
    if (revision === 'main' || revision === COMMIT)
      return json(response, 200, { _id: '1', id: 'someone/clip', sha: COMMIT })
    if (path === `/api/models/someone/clip/tree/${COMMIT}`) return json(response, 200, Object.entries(files).map(entry))
    const name = new RegExp(`^/someone/clip/resolve/${COMMIT}/(.+)$`).exec(path)?.[1]
    const content = name && files[decodeURIComponent(name)]
    if (!content) return json(response, 404, { error: 'not found' })
    if (content.length < LARGE) return sendFile(decodeURIComponent(name), request, response)
    response.writeHead(302, { location: `${addresses[1]}/${name}` }).end()
  }

  function sendFile(name: string, request: IncomingMessage, response: ServerResponse) {
    const content = files[name] as Buffer
    const plan = hub.mischief.get(name) ?? {}
    if (plan.status && plan.status.times-- > 0) return json(response, plan.status.code, { error: 'no' })
    if (plan.silent && plan.silent-- > 0) return
    const [from, to] =
      /^bytes=(\d+)-(\d+)$/
        .exec(request.headers.range ?? '')
        ?.slice(1)
        .map(Number) ?? []
    const isPart = from !== undefined && to !== undefined && !plan.noRanges
    const body = Buffer.from(isPart ? content.subarray(from, to + 1) : content)
    if (plan.wrong && plan.wrong-- > 0) body[0] = (body[0] as number) ^ 1
    const range = isPart ? { 'content-range': `bytes ${from}-${to}/${content.length}` } : {}
    response.writeHead(isPart ? 206 : 200, { 'content-length': body.length, etag: `"${sha256(content)}"`, ...range })
    const cut = plan.cutAfter?.shift()
    if (cut === undefined) response.end(body)
    else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20))
  }
  return hub
}

function entry([path, content]: [string, Buffer]) {
  const git = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
  const base = { type: 'file', path, size: content.length, oid: git }
  return content.length < LARGE
    ? base
    : { ...base, lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
