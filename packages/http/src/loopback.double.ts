import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real HTTP server on a free loopback port, for tests. */
export interface Loopback extends AsyncDisposable {
  readonly server: Server
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
}

/** Starts a server that answers with `listener`; disposing of it cuts its connections. */
export async function loopback(listener: RequestListener): Promise<Loopback> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    server,
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
