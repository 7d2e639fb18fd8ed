import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paint } from '@promptloom/generate/sketch/paint'
import { FOLDERS, SAMPLE_ORIGIN, type SamplePicture, samplePictures } from './collection.ts'
import { SampleHostError } from './host-error.ts'

/** The running host; disposing of it ends it. */
export interface SampleHost extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:47474`. */
  readonly origin: string
}

/** How the host is started. */
export interface SampleHostOptions {
  /** Default: the one that the collection's addresses name; 0 for any that is free. */
  readonly port?: number
  readonly pictures?: ReadonlyMap<string, SamplePicture>
}

/**
 * Serves the sample's pictures on loopback, painted when they are asked for; and what real hosts serve too: dead
 * links, web pages in place of pictures, halves of pictures, and pictures that data sets must not have.
 *
 * @throws SampleHostError when the port is taken
 */
export async function startSampleHost(options: SampleHostOptions = {}): Promise<SampleHost> {
  const { port = Number(new URL(SAMPLE_ORIGIN).port), pictures = samplePictures() } = options
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', SAMPLE_ORIGIN).pathname
    answer(path, pictures.get(path), response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new SampleHostError(port, cause)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => closed(server),
  }
}

async function answer(path: string, picture: SamplePicture | undefined, response: ServerResponse): Promise<void> {
  const folder = path.split('/')[1]
  if (!picture) return send(response, 404, 'text/plain', Buffer.from('There is no such picture.\n'))
  if (folder === FOLDERS.gone) return send(response, 410, 'text/plain', Buffer.from('This picture was taken down.\n'))
  if (folder === FOLDERS.page) return send(response, 200, 'text/html', Buffer.from('<title>Please sign in</title>\n'))
  const { bytes } = await paint({ ...picture, format: 'jpeg' })
  if (folder === FOLDERS.private) response.setHeader('X-Robots-Tag', 'noai, noimageai')
  send(response, 200, 'image/jpeg', folder === FOLDERS.cut ? bytes.subarray(0, bytes.length >> 1) : bytes)
}

function send(response: ServerResponse, status: number, type: string, body: Uint8Array): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(body)
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
