import type { Server } from 'node:http'

/** What a client is told of a request that never became one, by the parser's or the server's own code. */
const ANSWERS: Readonly<Record<string, readonly [string, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'too_large',
    'The address and the headers are too long together; send a long question by POST.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'too_slow', 'The request took too long to arrive.'],
}
const MALFORMED = ['400 Bad Request', 'bad_request', 'This is no HTTP request that can be read.'] as const

/** Answers requests that cannot be read as such with the same kind of JSON as all others, and closes the connection. */
export function answerUnreadable(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
    const [status, code, message] = ANSWERS[error.code ?? ''] ?? MALFORMED
    const body = JSON.stringify({ error: { code, message } })
    const headers = [
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'x-content-type-options: nosniff',
      'connection: close',
    ]
    socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  })
}
