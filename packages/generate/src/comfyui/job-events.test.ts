import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { JobEvents } from './job-events.ts'

let server: ReturnType<typeof createServer>
let sockets: WebSocketServer
let asked: IncomingMessage[]
let opened: Promise<WebSocket>
let refuse = false

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeEach(async () => {
  refuse = false
  asked = []
  server = createServer()
  sockets = new WebSocketServer({ noServer: true })
  opened = new Promise((resolve) => {
    server.on('upgrade', (request, socket, head) => {
      asked.push(request)
      if (refuse) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      else sockets.handleUpgrade(request, socket, head, resolve)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const client of sockets.clients) client.terminate()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** What is told of the messages that the server sends; the last one ends the job. */
async function told(messages: readonly (object | string | Buffer)[], id = 'job') {
  const seen: unknown[] = []
  using events = new JobEvents(url(), 'me', {})
  const end = new Promise<void>((resolve) => {
    events.follow(id, { onStep: (step) => seen.push(step), onEnd: () => resolve() })
  })
  const socket = await opened
  for (const message of messages)
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  socket.send(JSON.stringify({ type: 'execution_success', data: { prompt_id: id } }))
  await end
  return seen
}

const progress = (value: number, max: number, prompt_id: string | undefined = 'job') => ({
  type: 'progress',
  data: { value, max, prompt_id },
})

describe('steps', () => {
  test('are told in their order', async () => {
    expect(await told([progress(1, 20), progress(2, 20)])).toEqual([
      { value: 1, max: 20 },
      { value: 2, max: 20 },
    ])
  })

  test.each<[string, object | string | Buffer]>([
    ['of another job', progress(1, 20, 'other')],
    ['of no length', progress(1, 0)],
    ['without a value', { type: 'progress', data: { max: 20, prompt_id: 'job' } }],
    ['in a preview’s bytes', Buffer.from([0, 0, 0, 1, 0xff, 0xd8])],
    ['in what is no JSON', 'progress 1 of 20'],
    ['in an event of an extension', { type: 'crystools.monitor', data: [1] }],
    ['in an event without a type', { data: { value: 1, max: 20 } }],
    ['of a text', { type: 'progress', data: 'half' }],
  ])('%s are passed over', async (_, message) => {
    expect(await told([message, progress(3, 20)])).toEqual([{ value: 3, max: 20 }])
  })

  test('that do not say whose they are are ours: old servers say no more', async () => {
    const step = { type: 'progress', data: { value: 1, max: 20 } }
    expect(await told([step])).toEqual([{ value: 1, max: 20 }])
  })
})

describe('the end', () => {
  test.each<[string, object]>([
    ['no node is left', { type: 'executing', data: { node: null, prompt_id: 'job' } }],
    ['it succeeded', { type: 'execution_success', data: { prompt_id: 'job' } }],
    ['it failed', { type: 'execution_error', data: { prompt_id: 'job' } }],
    ['it was interrupted', { type: 'execution_interrupted', data: { prompt_id: 'job' } }],
  ])('is told when %s', async (_, message) => {
    using events = new JobEvents(url(), 'me', {})
    const end = new Promise<string>((resolve) => {
      events.follow('job', { onStep: () => undefined, onEnd: () => resolve('ended') })
    })
    ;(await opened).send(JSON.stringify(message))
    expect(await end).toBe('ended')
  })

  test('of one node, or of another job, is not ours', async () => {
    let ends = 0
    using events = new JobEvents(url(), 'me', {})
    const last = new Promise<void>((resolve) => {
      events.follow('job', { onStep: () => resolve(), onEnd: () => ends++ })
    })
    const socket = await opened
    for (const data of [
      { node: '3', prompt_id: 'job' },
      { node: null, prompt_id: 'other' },
    ])
      socket.send(JSON.stringify({ type: 'executing', data }))
    socket.send(JSON.stringify({ type: 'execution_success', data: { prompt_id: 'other' } }))
    socket.send(JSON.stringify(progress(1, 2)))
    await last
    expect(ends).toBe(0)
  })
})

describe('the socket', () => {
  test('asks as the client that queues the jobs, with the headers of the endpoint', async () => {
    using events = new JobEvents(`${url()}/behind`, 'me & you', { authorization: 'Bearer t0ken' })
    await events.ready(AbortSignal.timeout(5000))
    expect(asked[0]?.url).toBe('/behind/ws?clientId=me%20%26%20you')
    expect(asked[0]?.headers.authorization).toBe('Bearer t0ken')
  })

  test('is ready when it is open, and ready again at once', async () => {
    using events = new JobEvents(url(), 'me', {})
    await events.ready(AbortSignal.timeout(5000))
    await events.ready(AbortSignal.abort())
    expect(sockets.clients.size).toBe(1)
  })

  test('that is refused is ready too: polling does without it', async () => {
    refuse = true
    using events = new JobEvents(url(), 'me', {})
    await expect(events.ready(AbortSignal.timeout(5000))).resolves.toBeUndefined()
  })

  test('that nobody answers is waited for no longer than the signal says, and given up with the events', async () => {
    server.removeAllListeners('upgrade')
    const pending = new Promise<Duplex>((resolve) => server.on('upgrade', (_, socket) => resolve(socket)))
    const events = new JobEvents(url(), 'me', {})
    const socket = await pending
    const closed = new Promise((resolve) => socket.once('end', resolve).once('error', resolve).once('close', resolve))
    socket.resume()
    await expect(events.ready(AbortSignal.timeout(20))).resolves.toBeUndefined()
    events[Symbol.dispose]()
    const state = await Promise.race([closed.then(() => 'closed'), sleep(2000, 'still open')])
    socket.destroy()
    expect(state).toBe('closed')
  })

  test('is closed with the events, and tells nothing after that', async () => {
    const seen: unknown[] = []
    const events = new JobEvents(url(), 'me', {})
    events.follow('job', { onStep: (step) => seen.push(step), onEnd: () => seen.push('end') })
    const socket = await opened
    await events.ready(AbortSignal.timeout(5000))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    events[Symbol.dispose]()
    socket.send(JSON.stringify(progress(1, 2)))
    await closed
    expect(seen).toEqual([])
  })
})
