import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Serves the pictures of benchmarks: a program of its own, so that what it costs isn't counted as the client's. Its
 * parent sends the pictures, gets the port back, and may ask for open connections and processor time.
 *
 * `/<n>` is the picture `n` (modulo their number), `/<n>-<tag>` the same with the tag behind its end, which decoders
 * ignore and hashes don't.
 */
let pictures: Buffer[] = []

const server = createServer((request, response) => {
  const [number, tag] = (request.url ?? '/0').slice(1).split('-')
  const picture = pictures[Number(number) % pictures.length]
  if (picture === undefined) response.writeHead(404).end()
  else response.end(tag === undefined ? picture : Buffer.concat([picture, Buffer.from(tag)]))
})

process.on('message', (message: { readonly pictures?: readonly Uint8Array[]; readonly facts?: true }) => {
  if (message.facts) {
    const { user, system } = process.cpuUsage()
    server.getConnections((_, connections) => process.send?.({ connections, cpuMs: (user + system) / 1000 }))
    return
  }
  pictures = (message.pictures ?? []).map((bytes) => Buffer.from(bytes))
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
})
process.on('disconnect', () => process.exit())
