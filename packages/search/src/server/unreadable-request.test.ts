import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorAnswerSchema } from './error-answer.ts'
import { answerUnreadable } from './unreadable-request.ts'

const server = createServer((_, response) => response.end('read'))
beforeAll(async () => {
  answerUnreadable(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** Everything that the server answers to these bytes, until it closes the connection. */
async function answerTo(bytes: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}

describe('a request that cannot be read', () => {
  it.each([
    ['with headers beyond measure', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '431', 'too_large'],
    ['that is none', 'what is this\r\n\r\n', '400', 'bad_request'],
    [
      'with two lengths',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      '400',
      'bad_request',
    ],
  ])('%s is answered as any other error is', async (_, bytes, status, code) => {
    const [head = '', body = ''] = (await answerTo(bytes)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toMatch(/content-type: application\/json/)
    expect(errorAnswerSchema.parse(JSON.parse(body)).error.code).toBe(code)
  })

  it('keeps nobody else from being answered', async () => {
    const { port } = server.address() as AddressInfo
    connect(port, '127.0.0.1').resetAndDestroy()
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('read')
  })
})
