import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A server on loopback that serves pictures, and does to its clients whatever a server can do. */
export interface HostileServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
  /** Port of a server that answers every request with 503 and no Retry-After. */
  readonly refusing: string
  /** Port of a server that answers with bytes that are no HTTP. */
  readonly babbling: string
  /** Sockets open now, and the most that ever were. */
  sockets(): { readonly now: number; readonly most: number }
  /** Paths asked for, in order. */
  readonly asked: string[]
  /** Switches every attack off, so that failing paths answer with `ok.jpg`. */
  calm(): void
}

type Attack = (response: ServerResponse, request: IncomingMessage) => void

/** Packed beforehand: packing it takes long enough for other requests to run out of time. */
const PACKED_BOMB = gzipSync(Buffer.alloc(64 * 2 ** 20))
const GIGABYTE = 2 ** 30

/** Attacks by path. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  '/404': (response) => response.writeHead(404).end('gone'),
  '/410': (response) => response.writeHead(410).end(),
  '/403': (response) => response.writeHead(403).end(),
  '/418': (response) => response.writeHead(418).end(),
  '/429': (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  '/500': (response) => response.writeHead(500).end(),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/to-metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/to-private': (response) => response.writeHead(301, { location: 'http://10.0.0.1/' }).end(),
  '/to-file': (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/hang': () => {},
  '/stall': (response) => response.writeHead(200, { 'content-length': '5000' }).write('begun'),
  '/drip': (response) => {
    response.writeHead(200, { 'content-length': '100000' })
    const timer = setInterval(() => response.write('.'), 50)
    response.on('close', () => clearInterval(timer))
  },
  '/huge': (response) => response.writeHead(200, { 'content-length': String(GIGABYTE) }).write('begun'),
  '/endless': (response) => pour(response),
  '/packed-bomb': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(PACKED_BOMB),
  '/badly-packed': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all'),
  '/cut-short': (response) => {
    response.writeHead(200, { 'content-length': '5000' }).write('begun')
    setTimeout(() => response.socket?.destroy(), 20)
  },
  '/reset': (response) => response.socket?.resetAndDestroy(),
  '/long-header': (response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
}

/** Opt-out headers by path; the picture would be fine. */
const OPT_OUTS: Readonly<Record<string, string>> = {
  '/noai.jpg': 'noai',
  '/noimageai.jpg': 'all, NoImageAI',
  '/promptloom.jpg': 'googlebot: all, promptloom: noml',
  '/others.jpg': 'googlebot: noindex',
}

/** Starts the servers; `bodies` are served by name, as whatever their ending says. */
export async function hostileServer(bodies: Readonly<Record<string, Buffer>>): Promise<HostileServer> {
  let most = 0
  const asked: string[] = []
  let calm = false
  const main = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const attack = ATTACKS[path]
    if (attack && !calm) {
      attack(response, request)
      return
    }
    if (OPT_OUTS[path]) response.setHeader('x-robots-tag', OPT_OUTS[path])
    if (path.startsWith('/moved/')) {
      response.writeHead(302, { location: path.slice('/moved'.length) }).end()
      return
    }
    const body = bodies[path.slice(1)] ?? bodies['ok.jpg']
    response.writeHead(200, { 'content-type': path.endsWith('.png') ? 'image/png' : 'image/jpeg' }).end(body)
  })
  const refusing = createServer((_, response) => response.writeHead(calm ? 200 : 503).end(bodies['ok.jpg']))
  const babbling = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.end('220 mail.example.org ESMTP\r\n')
  })
  const open = new Set<Socket>()
  for (const one of [main, refusing, babbling]) {
    one.on('connection', (socket: Socket) => {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      most = Math.max(most, open.size)
    })
  }
  const [origin, refusingOrigin, babblingOrigin] = await Promise.all([main, refusing, babbling].map(listen))
  return {
    origin: origin as string,
    refusing: refusingOrigin as string,
    babbling: babblingOrigin as string,
    sockets: () => ({ now: open.size, most }),
    asked,
    calm: () => {
      calm = true
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await Promise.all([main, refusing, babbling].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

/** Listens on a free loopback port. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Writes for ever, as fast as the other side reads. */
function pour(response: ServerResponse): void {
  const block = Buffer.alloc(1 << 16)
  const more = () => {
    while (!response.destroyed && response.write(block));
  }
  response.on('drain', more)
  more()
}
